import { accept, type PendingHandshake, respond } from "../auth/responder.js";
import { encodeMessage } from "../codec/message.js";
import { Result } from "../codec/results.js";
import { decode } from "../codec/schema.js";
import { equalBytes, hex, wipe } from "../crypto/bytes.js";
import { deriveKeys, type PairContext, unwrapLocalKey, wipeKeys } from "../crypto/keys.js";
import type { GatewayPorts } from "../gateway/ports.js";
import type { Exchanged } from "../gateway/serverLink.js";
import { RecordLayer } from "../link/record.js";
import { type FromPNE, type FromServer, fromServer } from "../messages.js";
import { ProcedureError, unexpected } from "../procedure.js";
import { pairFlags, readPNEInfo } from "./context.js";
import {
  authenticationRequest,
  maximumBackhaulMessage,
  PairFlag,
  pnAuthenticationResponse,
  pnInventory,
  pnRegistrationRequest,
  pnSetupResponse,
} from "./messages.js";

/** A PN as the PN GW keeps it once the Server has registered it (PNI-13, PNR-14). */
export interface EstablishedPN {
  readonly pnID: Uint8Array;
  readonly inventory: Uint8Array;
}

interface LocalKey {
  readonly keyID: number;
  readonly key: Uint8Array;
}

type State =
  | { readonly at: "idle" }
  | { readonly at: "registering" }
  /** The PNE has rand_server; before its hash comes its LocalEUKey handshake, when its PAN is not secure. */
  | {
      readonly at: "authenticating";
      readonly context: PairContext;
      readonly localKey: LocalKey | undefined;
      readonly handshake: PendingHandshake | undefined;
    }
  | { readonly at: "verifying" }
  | { readonly at: "established"; readonly pn: EstablishedPN };

export interface PNGatewayOptions {
  readonly ports: GatewayPorts;
  /** The PAN of this link is secure by itself. */
  readonly panSecure: boolean;
  /** To the Server, inside the session. */
  exchange(octets: Uint8Array, done: (result: Exchanged) => void): void;
  /** Protects the link, after the message just returned has been queued in the clear. */
  protect(layer: RecordLayer): void;
  established(pn: EstablishedPN): void;
}

type Answer = (octets: Uint8Array) => void;

/**
 * The PN GW's part in establishing a PN with the PNE of one link (PNI-02 … PNI-14; GWI for the rest): relays, keeps
 * its LocalEUKey copy, answers the LocalEUKey handshake, and lets nothing through before the Server's word (C-14).
 */
export class PNGateway {
  readonly #options: PNGatewayOptions;
  #state: State = { at: "idle" };

  constructor(options: PNGatewayOptions) {
    this.#options = options;
  }

  get established(): EstablishedPN | undefined {
    return this.#state.at === "established" ? this.#state.pn : undefined;
  }

  /** PNSetupRequest → PNRegistrationRequest (PNI-04). A new request on the link starts afresh. */
  setup(message: FromPNE & { name: "PNSetupRequest" }, claimed: Uint8Array, answer: Answer): void {
    const { random, gatewayID, serverID } = this.#options.ports;
    const info = readPNEInfo(message.body.pneInfo);
    if (!equalBytes(info.entityID, claimed)) throw new ProcedureError("pn.entityID");
    this.close();
    this.#state = { at: "registering" };
    const pnID = new Uint8Array(16);
    random.fill(pnID);
    const member = { pneInfo: message.body.pneInfo, rand: message.body.rand, flags: PairFlag.initiator };
    const body = { pnID, setupType: message.body.setupType, members: [member] };
    const octets = encodeMessage(pnRegistrationRequest, message.exchange, body, maximumBackhaulMessage);
    this.#ask(octets, message.exchange, answer, (reply) => {
      if (reply.name !== "PNAuthenticationRequest") throw unexpected(reply.name, "registering");
      const context: PairContext = {
        pnID,
        pne: claimed,
        gateway: gatewayID,
        server: serverID,
        pneInfo: member.pneInfo,
        flags: pairFlags(info, true),
        randPNE: member.rand,
        randServer: reply.body.rand,
      };
      answer(this.#authenticate(context, message.exchange, reply.body.members));
    });
  }

  /** PNI-06a, PNI-06b: keeps the gateway's copy, passes on the PNE's own and rand_server only. */
  #authenticate(
    context: PairContext,
    exchange: number,
    members: (FromServer & { name: "PNAuthenticationRequest" })["body"]["members"],
  ): Uint8Array {
    const member = members.find((one) => equalBytes(one.entityID, context.pne));
    const localKey = member && this.#unwrap(context, member);
    this.#state = { at: "authenticating", context, localKey, handshake: undefined };
    const body = { pnID: context.pnID, serverID: context.server, rand: context.randServer };
    const { keyID, expiresAt, wrappedKey } = member ?? {};
    if (keyID === undefined || expiresAt === undefined || wrappedKey === undefined) {
      return encodeMessage(authenticationRequest, exchange, body);
    }
    return encodeMessage(authenticationRequest, exchange, { ...body, keyID, expiresAt, wrappedKey });
  }

  #unwrap(
    context: PairContext,
    member: { readonly keyID?: number; readonly expiresAt?: number; readonly gatewayCopy?: Uint8Array },
  ): LocalKey | undefined {
    const { suite, store, gatewayID } = this.#options.ports;
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
    return { keyID, key };
  }

  /** ConnectRequest of the PNE, with the LocalEUKey it was just given (PNI-06d, C-15). */
  connect(message: FromPNE & { name: "ConnectRequest" }): Uint8Array {
    const state = this.#state;
    if (state.at !== "authenticating" || state.localKey === undefined || state.handshake !== undefined) {
      throw unexpected(message.name, state.at);
    }
    const { entityID, keyID } = message.body;
    if (!equalBytes(entityID, state.context.pne) || keyID !== state.localKey.keyID) {
      throw new ProcedureError("result.refused");
    }
    const rand = new Uint8Array(32);
    this.#options.ports.random.fill(rand);
    const handshake = respond(message, rand);
    this.#state = { ...state, handshake };
    return handshake.authenticateRequest;
  }

  /** AuthenticateResponse of the PNE → ConnectResponse, and a protected link. */
  accept(message: FromPNE & { name: "AuthenticateResponse" }, answer: Answer): void {
    const state = this.#state;
    if (state.at !== "authenticating" || state.localKey === undefined || state.handshake === undefined) {
      throw unexpected(message.name, state.at);
    }
    const { suite, clock } = this.#options.ports;
    const keys = deriveKeys(suite, "LEU", state.localKey.key, state.context.pne);
    wipe(state.localKey.key);
    // One try: a HASH that does not hold ends the establishment.
    this.#state = { at: "idle" };
    try {
      const accepted = accept(suite, keys, state.handshake, message);
      this.#state = { ...state, localKey: undefined, handshake: undefined };
      answer(accepted.connectResponse);
      this.#options.protect(new RecordLayer({ suite, clock, sk: accepted.sk, role: "responder" }));
    } finally {
      wipeKeys(keys);
    }
  }

  /** hash_PNE → Server → PNSetupResponse (PNI-10, PNI-13, PNI-14a). */
  prove(message: FromPNE & { name: "AuthenticationResponse" }, answer: Answer): void {
    const state = this.#state;
    if (state.at !== "authenticating") throw unexpected(message.name, state.at);
    const { pnID, pne } = state.context;
    // With a LocalEUKey on an insecure PAN the handshake comes first: the hash must not travel unprotected.
    if (state.localKey !== undefined && !this.#options.panSecure)
      throw unexpected(message.name, "unprotected");
    if (!equalBytes(message.body.pnID, pnID)) throw new ProcedureError("pn.pnID");
    this.#state = { at: "verifying" };
    wipe(state.localKey?.key);
    const body = { pnID, members: [{ entityID: pne, hash: message.body.hash }] };
    const octets = encodeMessage(pnAuthenticationResponse, message.exchange, body, maximumBackhaulMessage);
    this.#ask(octets, message.exchange, answer, (reply) => {
      if (reply.name !== "PNRegistrationResponse") throw unexpected(reply.name, "verifying");
      answer(this.#respond(reply.body, pnID, pne, message.exchange));
    });
  }

  #respond(
    body: (FromServer & { name: "PNRegistrationResponse" })["body"],
    pnID: Uint8Array,
    pne: Uint8Array,
    exchange: number,
  ): Uint8Array {
    const own = body.members.find((one) => equalBytes(one.entityID, pne));
    const { pnInventory: inventory } = body;
    if (own?.result !== Result.ok || own.hash === undefined || inventory === undefined) {
      this.#state = { at: "idle" };
      return encodeMessage(pnSetupResponse, exchange, { result: own?.result ?? Result.refused });
    }
    if (!equalBytes(decode(pnInventory, inventory).pnID, pnID)) throw new ProcedureError("pn.notTrusted");
    this.#state = { at: "established", pn: { pnID, inventory } };
    this.#options.established(this.#state.pn);
    this.#options.ports.log.event("pn.established", { pn: hex(pnID) });
    return encodeMessage(pnSetupResponse, exchange, {
      result: Result.ok,
      pnID,
      pnInventory: inventory,
      hash: own.hash,
    });
  }

  /** Asks the Server; anything but the awaited reply ends the establishment with a Result for the PNE. */
  #ask(octets: Uint8Array, exchange: number, answer: Answer, next: (reply: FromServer) => void): void {
    const began = this.#state;
    this.#options.exchange(octets, (result) => {
      // Closed or started afresh in the meantime: nobody waits for this any more.
      if (this.#state !== began) return;
      const refuse = (failed: Result): void => {
        this.#state = { at: "idle" };
        answer(encodeMessage(pnSetupResponse, exchange, { result: failed }));
      };
      if ("failed" in result) {
        refuse(result.failed);
        return;
      }
      try {
        const reply = fromServer.decode(result.octets, maximumBackhaulMessage);
        if (reply.name === "Failure") refuse(reply.body.result as Result);
        else next(reply);
      } catch {
        refuse(Result.protocol);
      }
    });
  }

  /** The link closed: nothing half done survives it. */
  close(): void {
    if (this.#state.at === "authenticating") wipe(this.#state.localKey?.key);
    this.#state = { at: "idle" };
  }
}
