import { equalBytes, wipe } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import { encodeMessage, messageSet, type Received } from "../../codec/message.js";
import { failure } from "../../codec/replies.js";
import { Result, resultCode } from "../../codec/results.js";
import { decode, encode } from "../../codec/schema.js";
import { Ephemeral } from "../../crypto/ephemeral.js";
import { checkRands } from "../../crypto/keys/directKeys.js";
import { deriveKeys, type PairKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import { sessionBinder } from "../../crypto/keys/rekey.js";
import {
  hashPNE,
  hashServer,
  type PairContext,
  type RelayedAgreement,
  relayedSessionKey,
} from "../../crypto/keys/relayedKeys.js";
import type { Secret } from "../../crypto/secret.js";
import { hasCurve } from "../../crypto/suite.js";
import type { LocalKeyData } from "../../keystore/schemas.js";
import { RecordLayer } from "../../link/record.js";
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
import { agreementOf, pairFlags } from "./context.js";
import {
  invitationTime,
  pnEstablishmentNotify,
  pnSetupNotifyResponse,
  pnSetupResponseOfPNE,
  proofTime,
} from "./invitations.js";
import { keepLinkKey, receiveLinkKey } from "./linkKey.js";
import {
  authenticationRequest,
  authenticationResponse,
  LinkKey,
  localKeyLifetime,
  pneInfo,
  pnInventory,
  pnSetupRequest,
  pnSetupResponse,
  SetupType,
} from "./messages.js";
import type { JoinedPN, SetupOptions } from "./setupOptions.js";

/** Ends the establishment, well or not. */
const verdicts = messageSet(pnSetupResponse, pnEstablishmentNotify, failure);
const answers = messageSet(authenticationRequest, pnSetupResponse, pnEstablishmentNotify);

/** For an answer that waits for persons at other devices, and for one that waits for their proofs. */
const othersDecide = Milliseconds(invitationTime + 15_000);
const othersProve = Milliseconds(proofTime + 10_000);

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
  #ahead: Milliseconds | undefined;

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
    const key = receiveLinkKey(this.#options, this.#keys, context, body);
    this.#ahead = Milliseconds((key.expiresAt - localKeyLifetime) * 1000 - this.#options.clock.now());
    if (this.#options.panSecure) {
      keepLinkKey(this.#options, key);
      return this.#prove(context);
    }
    const { suite, random, forwardSecrecy } = this.#options;
    const keys = deriveKeys(suite, "LEU", key.key, entityID);
    const initiator = new Initiator({ suite, random, entityID, keys, keyID: key.keyID, forwardSecrecy });
    this.#state = { at: "connecting", initiator, context, key };
    return { kind: "request", octets: initiator.start(this.#exchange++) };
  }

  /** PNI-06d: the PN GW proves that it holds the LocalEUKey, and the link is protected from here on. */
  #connect(state: State & { at: "connecting" }, answer: Uint8Array): Step<never> {
    const next = state.initiator.receive(answer);
    if (next instanceof Uint8Array) return { kind: "request", octets: next };
    state.initiator.dispose();
    try {
      keepLinkKey(this.#options, state.key);
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
    const expected = (own: boolean) => hashServer(suite, this.#keys, context, sk, hash, octets, own);
    const own = equalBytes(body.hash, expected(true));
    if (!own && !equalBytes(body.hash, expected(false))) throw new ProcedureError("pn.notTrusted");
    if (!own && this.#options.ownOnly === true) throw new ProcedureError("result.notAuthorized");
    const inventory = decode(pnInventory, octets);
    this.#state = { at: "over" };
    const binder = sessionBinder(suite, sk);
    const made = { suite, clock, sk, role: "initiator", unordered: true, ...(limits && { limits }) } as const;
    const layer = new RecordLayer(made);
    const server = { layer, context, binder };
    const started = !this.#invited;
    const ticket = this.#ticket;
    this.#ticket = undefined;
    const localSession = this.#localSession;
    return { pnID: context.pnID, inventory, server, started, own, localSession, ticket, ahead: this.#ahead };
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
