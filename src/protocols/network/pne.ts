import { equalBytes, wipe } from "../../base/octets.js";
import type { Clock, Random } from "../../base/ports.js";
import { Milliseconds, type Seconds } from "../../base/units.js";
import { encodeMessage, messageSet, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result, resultCode } from "../../codec/results.js";
import { decode, encode, type Infer } from "../../codec/schema.js";
import { Ephemeral } from "../../crypto/ephemeral.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { preAssignedKey, unwrapLocalKey } from "../../crypto/keys/localKeys.js";
import { deriveKeys, type PairKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import {
  hashPNE,
  hashServer,
  type PairContext,
  type RelayedAgreement,
  relayedSessionKey,
} from "../../crypto/keys/relayedKeys.js";
import { sessionBinder } from "../../crypto/rekey.js";
import type { Secret } from "../../crypto/secret.js";
import { hasCurve, type Suite } from "../../crypto/suite.js";
import type { LocalKeyData } from "../../keystore/schemas.js";
import { RecordLayer, type SessionLimits } from "../../link/record.js";
import type { Ticket } from "../../link/ticket.js";
import { readAnswer } from "../../procedure/answers.js";
import {
  noDerivation,
  type Procedure,
  ProcedureError,
  type Step,
  unexpected,
} from "../../procedure/procedure.js";
import { Initiator } from "../authentication/initiator.js";
import { maximumResumptions } from "../authentication/resumption.js";
import { openSession } from "../authentication/session.js";
import { agreementOf, type ServerSession } from "../rekey/pne.js";
import { pairFlags } from "./context.js";
import {
  invitationTime,
  pnEstablishmentNotify,
  pnSetupNotifyResponse,
  pnSetupResponseOfPNE,
  proofTime,
} from "./invitations.js";
import {
  authenticationRequest,
  authenticationResponse,
  LinkKey,
  pneInfo,
  pnInventory,
  pnSetupRequest,
  pnSetupResponse,
  SetupType,
} from "./messages.js";

/** Ends the establishment, well or not. */
const verdicts = messageSet(pnSetupResponse, pnEstablishmentNotify, failure);
const answers = messageSet(authenticationRequest, pnSetupResponse, pnEstablishmentNotify);

/** A PN that the PNE is in: who else, and the session with the Server. */
export interface JoinedPN {
  readonly pnID: Uint8Array;
  readonly inventory: Infer<typeof pnInventory>;
  readonly server: ServerSession;
  /** It started the PN, and may end it for everybody. */
  readonly started: boolean;
  /** True when the LocalEUKey protects the link (LEU-04). */
  readonly localSession: boolean;
  /** To resume that session with, when the link is lost; the owner's to wipe. */
  readonly ticket: Ticket | undefined;
}

/** Why the PNE takes part in a PN. */
export type How =
  /** It starts one (PNI-01): of type 1-1, with all, or with the PNEs whose Entity IDs are `targets`. */
  | {
      readonly kind: "create";
      readonly setupType: number;
      readonly targets?: readonly Uint8Array[];
      readonly alias?: string;
    }
  /** Another PNE (PNI-02) or the PN GW (GWI-01) has invited it, and its person said yes. */
  | { readonly kind: "invited"; readonly pnID: Uint8Array; readonly byGateway: boolean };

/** For an answer that waits for persons at other devices, and for one that waits for their proofs. */
const othersDecide = Milliseconds(invitationTime + 15_000);
const othersProve = Milliseconds(proofTime + 10_000);

export interface SetupOptions {
  readonly how: How;
  readonly suite: Suite;
  readonly random: Random;
  readonly clock: Clock;
  readonly limits?: SessionLimits;
  readonly entityID: Uint8Array;
  readonly gatewayID: Uint8Array;
  readonly serverID: Uint8Array;
  /** The EUKey; the caller's copy, wiped by the caller. */
  readonly euKey: Uint8Array;
  readonly capabilities: number;
  readonly name: string | undefined;
  /** Contents information of the device's application (C-30). */
  readonly contents?: Uint8Array | undefined;
  /** What is to protect the link (C-01, LEU-02). */
  readonly linkKey: LinkKey;
  /** A fresh copy of the Temporary Key, 32 octets, wiped here; a pre-assigned key is derived from it. */
  readonly temporaryKey?: (() => Uint8Array) | undefined;
  /** False: run the handshake with the link's key (LEU-04). */
  readonly panSecure: boolean;
  /** Offer forward secrecy, to the Server and to the PN GW. */
  readonly forwardSecrecy: boolean;
  /** What expires by then is taken no more (C-21). */
  readonly notBefore: Seconds;
  /** Keeps a copy of the LocalEUKey (PNI-06c); throws StoreError("store.keyNotNewer") for a replayed one. */
  storeLocalKey(key: LocalKeyData): void;
}

type State =
  | { readonly at: "start" }
  | { readonly at: "requested"; readonly info: Uint8Array; readonly rand: Uint8Array }
  | {
      readonly at: "connecting";
      readonly initiator: Initiator;
      readonly context: PairContext;
      /** Kept once the PN GW has proven that the Server stands behind it. */
      readonly key: LocalKeyData;
    }
  | { readonly at: "proving"; readonly context: PairContext; readonly sk: Secret; readonly hash: Uint8Array }
  | { readonly at: "over" };

/**
 * A PNE's part in setting up a PN: as its initiator (PNI-01, PNI-14; 1-1, PNI-01n) or invited (PNI-03, PNI-15, GWI-03,
 * GWI-15): connection setup (PNR-09), mutual authentication with the Server (PNR-11) and the PN GW (PNR-13), and with it
 * the secure sessions (PNR-08).
 */
export class PNSetup implements Procedure<JoinedPN> {
  readonly name = "join";
  readonly #options: SetupOptions;
  readonly #keys: PairKeys;
  #exchange: number;
  #state: State = { at: "start" };
  #localSession = false;
  #ticket: Ticket | undefined;
  #ephemeral: Ephemeral | undefined;
  #agreement: RelayedAgreement | undefined;

  constructor(options: SetupOptions, firstExchange: number) {
    this.#options = options;
    this.#keys = deriveKeys(options.suite, "EUK", options.euKey, options.entityID);
    this.#exchange = firstExchange;
    const { suite, random, forwardSecrecy } = options;
    if (forwardSecrecy && hasCurve(suite)) this.#ephemeral = new Ephemeral(suite, random);
  }

  start(): Step<never> {
    const { random, how, entityID, capabilities, name, linkKey, contents } = this.#options;
    const rand = new Uint8Array(32);
    random.fill(rand);
    const share = this.#ephemeral?.share;
    const fields = { entityID, flags: capabilities, linkKey, ...(share && { share }) };
    const alias = how.kind === "create" ? how.alias : undefined;
    const labels = { ...(name !== undefined && { name }), ...(alias !== undefined && { alias }) };
    const info = encode(pneInfo, { ...fields, ...labels, ...(contents && { contents }) });
    this.#state = { at: "requested", info, rand };
    return this.#first(info, rand);
  }

  #first(info: Uint8Array, rand: Uint8Array): Step<never> {
    const { how } = this.#options;
    const exchange = this.#exchange++;
    if (how.kind === "invited") {
      const body = { pnID: how.pnID, result: Result.ok, pneInfo: info, rand };
      const octets = how.byGateway
        ? encodeMessage(pnSetupResponseOfPNE, exchange, body)
        : encodeMessage(pnSetupNotifyResponse, exchange, body);
      return { kind: "request", octets, patience: othersDecide };
    }
    const { setupType, targets } = how;
    const body = { setupType, pneInfo: info, rand, ...(targets && { targets: [...targets] }) };
    const octets = encodeMessage(pnSetupRequest, exchange, body);
    const alone = setupType === SetupType.oneToOne;
    return { kind: "request", octets, ...(!alone && { patience: othersDecide }) };
  }

  get #invited(): boolean {
    return this.#options.how.kind === "invited";
  }

  receive(answer: Uint8Array): Step<JoinedPN> {
    const state = this.#state;
    if (state.at === "connecting" && !verdicts.includes(answer)) return this.#connect(state, answer);
    const message = readAnswer(answers, answer, state.at);
    if (message.name === "AuthenticationRequest") {
      if (state.at === "requested") return this.#authenticate(state, message.body);
      throw unexpected(message.name, state.at);
    }
    // A refusal may come as the answer to any request; it proves nothing and ends the establishment.
    if (message.body.result !== Result.ok) {
      throw new ProcedureError(resultCode(message.body.result));
    }
    const own = this.#invited ? "PNEstablishmentNotify" : "PNSetupResponse";
    if (state.at === "proving" && message.name === own) {
      return { kind: "done", outcome: this.#verify(state, message.body) };
    }
    throw unexpected(message.name, state.at);
  }

  #authenticate(
    state: State & { at: "requested" },
    body: Received<typeof authenticationRequest>["body"],
  ): Step<never> {
    const { entityID, gatewayID, serverID, linkKey } = this.#options;
    if (!equalBytes(body.serverID, serverID)) throw new ProcedureError("pn.notTrusted");
    const { how } = this.#options;
    if (how.kind === "invited" && !equalBytes(how.pnID, body.pnID)) throw new ProcedureError("pn.pnID");
    checkRands(state.rand, body.rand);
    this.#agreement = agreementOf(this.#ephemeral, body.share);
    const context: PairContext = {
      pnID: body.pnID,
      pne: entityID,
      gateway: gatewayID,
      server: serverID,
      pneInfo: state.info,
      flags: pairFlags({ linkKey }, !this.#invited),
      randPNE: state.rand,
      randServer: body.rand,
    };
    if (linkKey === LinkKey.none) return this.#prove(context);
    const key = this.#linkKey(context, body);
    if (this.#options.panSecure) {
      this.#keep(key);
      return this.#prove(context);
    }
    const { suite, random, forwardSecrecy } = this.#options;
    const keys = deriveKeys(suite, "LEU", key.key, entityID);
    const initiator = new Initiator({ suite, random, entityID, keys, keyID: key.keyID, forwardSecrecy });
    this.#state = { at: "connecting", initiator, context, key };
    return { kind: "request", octets: initiator.start(this.#exchange++) };
  }

  /** The LocalEUKey, or the pre-assigned key in its place (PNI-06c, LEU-02). */
  #linkKey(context: PairContext, body: Received<typeof authenticationRequest>["body"]): LocalKeyData {
    const { keyID, expiresAt } = body;
    if (keyID === undefined || expiresAt === undefined) throw new ProcedureError("pn.keyUnknown");
    if (expiresAt <= this.#options.notBefore) throw new ProcedureError("pn.notTrusted", "expired");
    const { octets: key } = this.#secret(context, { keyID, expiresAt }, body.wrappedKey);
    return { pnID: context.pnID, gatewayID: context.gateway, keyID, key, expiresAt };
  }

  /**
   * Into flash, once the Server stands behind it: that of a pre-assigned key shows in the handshake only, and a key id that
   * anybody can name must not keep out those that follow (C-25).
   */
  #keep(key: LocalKeyData): void {
    try {
      this.#options.storeLocalKey(key);
    } finally {
      wipe(key.key);
    }
  }

  /**
   * Without a key that opens for exactly this context, the Server does not stand behind the gateway (PNI-06c). A
   * pre-assigned key needs no opening: what the PN GW shows in the handshake, only the Server can have given it.
   */
  #secret(
    context: PairContext,
    terms: { readonly keyID: number; readonly expiresAt: number },
    wrapped: Uint8Array | undefined,
  ): Secret {
    const { suite, linkKey, temporaryKey } = this.#options;
    if (linkKey === LinkKey.preAssigned) {
      const root = temporaryKey?.();
      if (root === undefined || wrapped !== undefined) throw new ProcedureError("pn.keyUnknown");
      try {
        return preAssignedKey(suite, root, context, terms);
      } finally {
        wipe(root);
      }
    }
    if (wrapped === undefined) throw new ProcedureError("pn.keyUnknown");
    const secret = unwrapLocalKey(suite, this.#keys, { role: "pne", context, ...terms }, wrapped);
    if (secret === undefined) throw new ProcedureError("pn.notTrusted");
    return secret;
  }

  /** PNI-06d: the PN GW proves that it holds the LocalEUKey, and the link is protected from here on. */
  #connect(state: State & { at: "connecting" }, answer: Uint8Array): Step<never> {
    const next = state.initiator.receive(answer);
    if (next instanceof Uint8Array) return { kind: "request", octets: next };
    state.initiator.dispose();
    try {
      this.#keep(state.key);
    } catch (error) {
      next.sk.wipe();
      throw error;
    }
    const { suite, clock, limits } = this.#options;
    const options = {
      suite,
      clock,
      sk: next.sk,
      role: "initiator",
      resumptions: maximumResumptions,
    } as const;
    const { layer: protect, ticket } = openSession({ ...options, ...(limits && { limits }) });
    this.#ticket = ticket;
    this.#localSession = true;
    return { ...this.#prove(state.context), protect };
  }

  /** hash_PNE over the values (PNI-08, C-05). */
  #prove(context: PairContext): Step<never> & { kind: "request" } {
    const { suite } = this.#options;
    const sk = relayedSessionKey(suite, this.#keys, context, this.#agreement);
    this.#agreement?.secret.wipe();
    const hash = hashPNE(suite, this.#keys, context, sk);
    this.#state = { at: "proving", context, sk, hash };
    const body = { pnID: context.pnID, hash };
    const octets = encodeMessage(authenticationResponse, this.#exchange++, body);
    const { how } = this.#options;
    const alone = how.kind === "create" && how.setupType === SetupType.oneToOne;
    return { kind: "request", octets, ...(!alone && { patience: othersProve }) };
  }

  /** PNI-14b: the Server proves itself, and with it that the inventory is its own. */
  #verify(state: State & { at: "proving" }, body: Received<typeof pnSetupResponse>["body"]): JoinedPN {
    const { suite, clock, limits } = this.#options;
    const { context, sk, hash } = state;
    const octets = body.pnInventory;
    if (octets === undefined || body.hash === undefined) throw new ProcedureError("pn.notTrusted");
    const expected = hashServer(suite, this.#keys, context, sk, hash, octets);
    if (!equalBytes(body.hash, expected)) throw new ProcedureError("pn.notTrusted");
    const inventory = decode(pnInventory, octets);
    this.#state = { at: "over" };
    const binder = sessionBinder(suite, sk);
    const made = { suite, clock, sk, role: "initiator", unordered: true, ...(limits && { limits }) } as const;
    const layer = new RecordLayer(made);
    const server = { layer, context, binder };
    const started = !this.#invited;
    const ticket = this.#ticket;
    this.#ticket = undefined;
    return { pnID: context.pnID, inventory, server, started, localSession: this.#localSession, ticket };
  }

  derived(): never {
    return noDerivation();
  }

  dispose(): void {
    wipeKeys(this.#keys);
    this.#ticket?.secret.wipe();
    this.#ephemeral?.wipe();
    this.#agreement?.secret.wipe();
    if (this.#state.at === "connecting") {
      this.#state.initiator.dispose();
      wipe(this.#state.key.key);
    }
    if (this.#state.at === "proving") this.#state.sk.wipe();
    this.#state = { at: "over" };
  }
}
