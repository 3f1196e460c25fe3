import { allZero, equalBytes, wipe } from "../../base/octets.js";
import type { Received } from "../../codec/message.js";
import { encodeMessage } from "../../codec/message.js";
import { Result } from "../../codec/results.js";
import { answerShare } from "../../crypto/ephemeral.js";
import { unwrapLocalKey } from "../../crypto/keys/localKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import type { PairContext } from "../../crypto/keys/relayedKeys.js";
import type { RecordLayer } from "../../link/record.js";
import type { Ticket } from "../../link/ticket.js";
import type { GatewayPorts } from "../../procedure/gatewayPorts.js";
import { ProcedureError, unexpected } from "../../procedure/procedure.js";
import type { LocalKey } from "../authentication/gateway.js";
import type { authenticateResponse, connectRequest } from "../authentication/messages.js";
import { accept, type PendingHandshake, respond } from "../authentication/responder.js";
import { maximumResumptions } from "../authentication/resumption.js";
import { openSession } from "../authentication/session.js";
import { type PNEInfo, pairFlags, readPNEInfo } from "./context.js";
import { pnEstablishmentNotify } from "./invitations.js";
import { endOfNewKey } from "./localKeyLifetime.js";
import {
  authenticationRequest,
  type authenticationResponse,
  LinkKey,
  PairFlag,
  type pnAuthenticationRequest,
  pnSetupResponse,
} from "./messages.js";

type State =
  /** It takes part; the Server's rand is not there yet. */
  | { readonly at: "waiting" }
  /** The PNE has rand_server; before its hash comes its LocalEUKey handshake, when its PAN is not secure. */
  | {
      readonly at: "authenticating";
      readonly context: PairContext;
      readonly localKey: LocalKey | undefined;
      readonly handshake: PendingHandshake | undefined;
    }
  /** Its hash is here; the Server's word is not. */
  | { readonly at: "proven"; readonly hash: Uint8Array }
  | { readonly at: "over" };

export interface MemberSetupOptions {
  readonly ports: GatewayPorts;
  readonly pnID: Uint8Array;
  /** Entity ID that the PNE claimed on its link. */
  readonly pne: Uint8Array;
  readonly initiator: boolean;
  readonly pneInfo: Uint8Array;
  readonly rand: Uint8Array;
  /** The PAN of this link is secure by itself. */
  readonly panSecure: boolean;
  /** Protects the link, after the message just returned has been queued in the clear. */
  protect(layer: RecordLayer): void;
  /** Its hash is here, or it is over: the establishment goes on. */
  changed(): void;
}

/** How to answer the request that the PNE has in flight. */
export interface OpenRequest {
  readonly exchange: number;
  answer(octets: Uint8Array): void;
}

type WrappedMember = Received<typeof pnAuthenticationRequest>["body"]["members"][number];

/**
 * The PN GW's part for one PNE while a PN is being set up (PNI-02 … PNI-15, GWI-01 … GWI-16): passes on what is the
 * PNE's, keeps the gateway's copy of the LocalEUKey, and answers the LocalEUKey handshake.
 */
export class MemberSetup {
  readonly info: PNEInfo;
  readonly #options: MemberSetupOptions;
  #state: State = { at: "waiting" };
  /** The request that waits for an answer. */
  #open: OpenRequest | undefined;
  /** Of the handshake, for the member that may come of it. */
  #localKey: LocalKey | undefined;
  #ticket: Ticket | undefined;

  /**
   * Throws ProcedureError("pn.entityID") when PNEInfo is another's than the link's, "pn.rand" for a RAND of zeros,
   * "pn.unprotected"; CodecError. The Server would refuse the whole PN for the first two.
   */
  constructor(options: MemberSetupOptions, open: OpenRequest) {
    this.#options = options;
    this.info = readPNEInfo(options.pneInfo);
    if (!equalBytes(this.info.entityID, options.pne)) throw new ProcedureError("pn.entityID");
    if (allZero(options.rand)) throw new ProcedureError("pn.rand");
    // LEU-04: no PN over a link that nothing protects.
    if (this.info.linkKey === LinkKey.none && !options.panSecure) throw new ProcedureError("pn.unprotected");
    this.#open = open;
  }

  get pne(): Uint8Array {
    return this.#options.pne;
  }

  get initiator(): boolean {
    return this.#options.initiator;
  }

  get over(): boolean {
    return this.#state.at === "over";
  }

  /** hash_PNE, once the PNE has proven itself as far as the PN GW is concerned. */
  get hash(): Uint8Array | undefined {
    return this.#state.at === "proven" ? this.#state.hash : undefined;
  }

  /** What the Server is told (PNI-04b). */
  get entry(): { readonly pneInfo: Uint8Array; readonly rand: Uint8Array; readonly flags: number } {
    const { pneInfo, rand, initiator } = this.#options;
    return { pneInfo, rand, flags: initiator ? PairFlag.initiator : 0 };
  }

  #reply(make: (exchange: number) => Uint8Array): void {
    const open = this.#open;
    this.#open = undefined;
    open?.answer(make(open.exchange));
  }

  /** PNI-06a, PNI-06b: keeps the gateway's copy, passes on the PNE's own and rand_server only. */
  authenticate(randServer: Uint8Array, wrapped: WrappedMember | undefined): void {
    if (this.#state.at !== "waiting") return;
    const { ports, pnID, pne, pneInfo, rand, initiator } = this.#options;
    const { gatewayID: gateway, serverID: server } = ports;
    const flags = pairFlags(this.info, initiator);
    const context = { pnID, pne, gateway, server, pneInfo, flags, randPNE: rand, randServer };
    const localKey = wrapped && this.#unwrap(context, wrapped);
    this.#state = { at: "authenticating", context, localKey, handshake: undefined };
    const said = { pnID, serverID: server, rand: randServer };
    const { keyID, expiresAt, wrappedKey, share } = wrapped ?? {};
    const withKey = keyID !== undefined && expiresAt !== undefined;
    const body = share === undefined ? said : { ...said, share };
    this.#reply((exchange) => {
      const keyed = withKey ? { ...body, keyID, expiresAt } : body;
      const full = wrappedKey === undefined ? keyed : { ...keyed, wrappedKey };
      return encodeMessage(authenticationRequest, exchange, full);
    });
  }

  #unwrap(context: PairContext, member: WrappedMember): LocalKey | undefined {
    const { suite, store, gatewayID, clock } = this.#options.ports;
    const { keyID, expiresAt, gatewayCopy } = member;
    if (keyID === undefined || expiresAt === undefined || gatewayCopy === undefined) return undefined;
    const held = store.committed;
    if (held === undefined) return undefined;
    const keys = deriveKeys(suite, "EUK", held.key, gatewayID);
    wipe(held.key);
    const unwrapped = unwrapLocalKey(suite, keys, { role: "gw", context, keyID, expiresAt }, gatewayCopy);
    wipeKeys(keys);
    if (unwrapped === undefined) throw new ProcedureError("pn.notTrusted");
    const key = unwrapped.octets.slice();
    unwrapped.wipe();
    return { keyID, key, expiresAt: endOfNewKey(expiresAt, clock.now()) };
  }

  /** ConnectRequest of the PNE, with the LocalEUKey it was just given (PNI-06d, C-15). */
  connect(message: Received<typeof connectRequest>): Uint8Array {
    const state = this.#state;
    if (state.at !== "authenticating" || state.localKey === undefined || state.handshake !== undefined) {
      throw unexpected(message.name, state.at);
    }
    const { entityID, keyID } = message.body;
    if (!equalBytes(entityID, state.context.pne) || keyID !== state.localKey.keyID) {
      throw new ProcedureError("result.refused");
    }
    const { suite, random } = this.#options.ports;
    const rand = new Uint8Array(32);
    random.fill(rand);
    const handshake = respond(message, rand, undefined, (share) => answerShare(suite, random, share));
    this.#state = { ...state, handshake };
    return handshake.authenticateRequest;
  }

  /** AuthenticateResponse of the PNE → ConnectResponse, and a protected link. */
  accept(message: Received<typeof authenticateResponse>, answer: (octets: Uint8Array) => void): void {
    const state = this.#state;
    if (state.at !== "authenticating" || state.localKey === undefined || state.handshake === undefined) {
      throw unexpected(message.name, state.at);
    }
    const { suite, clock, limits } = this.#options.ports;
    const keys = deriveKeys(suite, "LEU", state.localKey.key, state.context.pne);
    try {
      const { sk, connectResponse } = accept(suite, keys, state.handshake, message);
      this.#localKey = state.localKey;
      this.#state = { ...state, localKey: undefined, handshake: undefined };
      answer(connectResponse);
      const options = { suite, clock, sk, role: "responder", resumptions: maximumResumptions } as const;
      const { layer, ticket } = openSession({ ...options, ...(limits && { limits }) });
      this.#ticket = ticket;
      this.#options.protect(layer);
    } catch (error) {
      // One try: a HASH that does not hold ends the PNE's part.
      this.close();
      throw error;
    } finally {
      wipeKeys(keys);
    }
  }

  /** hash_PNE; it goes to the Server with those of the others (PNI-08 … PNI-10). */
  prove(message: Received<typeof authenticationResponse>, answer: (octets: Uint8Array) => void): void {
    const state = this.#state;
    if (state.at !== "authenticating") throw unexpected(message.name, state.at);
    // On an insecure PAN the handshake comes first, whatever was claimed: no PN over a link that nothing protects.
    if (this.#localKey === undefined && !this.#options.panSecure)
      throw unexpected(message.name, "unprotected");
    if (!equalBytes(message.body.pnID, this.#options.pnID)) throw new ProcedureError("pn.pnID");
    this.#localKey ??= state.localKey;
    this.#state = { at: "proven", hash: message.body.hash };
    this.#open = { exchange: message.exchange, answer };
    this.#options.changed();
  }

  /** The Server's word (PNI-14a, PNI-15a, GWI-15); without inventory and hash a refusal. */
  verdict(result: Result, inventory?: Uint8Array, hash?: Uint8Array): void {
    const { pnID, initiator } = this.#options;
    const proven = this.#state.at === "proven";
    this.#end();
    const inside = proven && result === Result.ok && inventory !== undefined && hash !== undefined;
    const refused = result === Result.ok ? Result.refused : result;
    const body = inside ? { result, pnID, pnInventory: inventory, hash } : { result: refused };
    this.#reply((exchange) =>
      initiator
        ? encodeMessage(pnSetupResponse, exchange, body)
        : encodeMessage(pnEstablishmentNotify, exchange, body),
    );
  }

  /** LocalEUKey and ticket, for the member that comes of it; the caller's to wipe. */
  take(): { readonly localKey: LocalKey | undefined; readonly ticket: Ticket | undefined } {
    const taken = { localKey: this.#localKey, ticket: this.#ticket };
    this.#localKey = undefined;
    this.#ticket = undefined;
    return taken;
  }

  #end(): void {
    if (this.#state.at === "authenticating") wipe(this.#state.localKey?.key, this.#state.handshake?.ecdh);
    const { localKey, ticket } = this.take();
    wipe(localKey?.key);
    ticket?.secret.wipe();
    this.#state = { at: "over" };
  }

  /** The link closed or the PNE began something else: nothing half done survives it. */
  close(): void {
    if (this.#state.at === "over") return;
    this.#end();
    this.#open = undefined;
    this.#options.changed();
  }
}
