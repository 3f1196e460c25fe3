import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { CpnsError } from "../../src/base/errors.js";
import { ascii, hex } from "../../src/base/octets.js";
import { Milliseconds, Seconds } from "../../src/base/units.js";
import { relayedToServer } from "../../src/catalogue/legs.js";
import { encodeMessage, peekMessage } from "../../src/codec/message.js";
import type { Method } from "../../src/codec/methods.js";
import { failure } from "../../src/codec/replies.js";
import { Result } from "../../src/codec/results.js";
import { Secret } from "../../src/crypto/secret.js";
import type { CurveSuite, Suite } from "../../src/crypto/suite.js";
import { ways } from "../../src/database/budgets.js";
import type { ServerStore } from "../../src/database/store.js";
import type { Step } from "../../src/procedure/procedure.js";
import type { Origin, StoredServerPorts } from "../../src/procedure/serverPorts.js";
import { EnrolClient } from "../../src/protocols/enrolment/client.js";
import { EnrolServer } from "../../src/protocols/enrolment/server.js";
import type { Parties } from "../../src/protocols/enrolment/transcript.js";
import { userVerifier, verifiable, verifierIterations } from "../../src/protocols/enrolment/verifiers.js";
import { ManualClock } from "./manualClock.js";
import { SeededRandom } from "./seededRandom.js";

export const pne = ascii("pne-1");
export const gateway = ascii("gateway-01");
export const realm = ascii("cpns.example");
const parties: Parties = Object.freeze({ pne, gateway, server: realm });
export const asPne: Origin = Object.freeze({ role: "pne", entityID: pne, gatewayID: gateway });

export type Direction = "toServer" | "toPNE";
/** What becomes of a message on its way. */
export type Tamper = (octets: Uint8Array, direction: Direction, leg: number) => Uint8Array;

export interface Attempt {
  readonly methods: readonly Method[];
  readonly userID?: string;
  readonly password?: string;
  readonly suite?: Suite;
  readonly parties?: Parties;
  readonly origin?: Origin;
  readonly tamper?: Tamper;
}

export interface Attempted {
  /** "enrolled", or the code of the error that ended it. */
  readonly outcome: string;
  readonly legs: readonly { readonly direction: Direction; readonly octets: Uint8Array }[];
  /** Keys that the client staged. */
  readonly staged: number;
  readonly refused: boolean;
}

/** A client of EUKey assignment and the Server's side, with nothing between them but a hand that may alter. */
export class EnrolPair {
  readonly clock = new ManualClock();
  readonly store = new MemoryServerStore({ clock: this.clock });
  readonly random = new SeededRandom(7);
  readonly ports: StoredServerPorts;
  readonly server: EnrolServer;

  constructor(suite: CurveSuite = nodeSuite, wrap: (store: ServerStore) => ServerStore = (store) => store) {
    // Some day in 2027: deliveries have one length while Unix seconds take five octets.
    this.clock.advance(Milliseconds(1_800_000_000_000));
    this.ports = {
      suite,
      random: this.random,
      clock: this.clock,
      store: wrap(this.store),
      log: { event() {} },
      secrets: { unknown: new Secret(new Uint8Array(32).fill(3)) },
      serverID: realm,
      policy: { mayJoin: () => true },
      application: () => undefined,
    };
    this.server = new EnrolServer(this.ports);
  }

  async register(userID: string, password: string): Promise<this> {
    const salt = this.random.octets(16);
    const salted = nodeSuite.pbkdf2(ascii(password), salt, verifierIterations).step(verifierIterations);
    const verifier = userVerifier(nodeSuite, salted as Uint8Array, salt, ascii(userID), realm);
    const identity = this.random.octets(16);
    const user = {
      identity,
      userID: ascii(userID),
      createdAt: Seconds(0),
      ...verifiable(nodeSuite, verifier),
    };
    await this.store.transaction((tables) => tables.users.put(hex(ascii(userID)), user));
    return this;
  }

  /** As the Server answers what a PN GW relays. */
  async answer(octets: Uint8Array, origin: Origin = asPne): Promise<Uint8Array> {
    try {
      const message = relayedToServer.decode(octets);
      const { server } = this;
      return await this.ports.store.transaction((tables) => {
        switch (message.name) {
          case "EUKeyAssignmentRequest":
            return server.request(tables, origin, message);
          case "EUKeyAssignmentRequest.share":
            return server.share(tables, origin, message);
          case "EUKeyAssignmentRequest.proof":
            return server.proof(tables, origin, message);
          case "EUKeyAssignmentRequest.confirm":
            return server.confirm(tables, origin, message);
        }
        throw new CpnsError("relay.origin");
      });
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
    }
    return encodeMessage(failure, peekMessage(octets)?.exchange ?? 0, { result: Result.protocol });
  }

  async attempt(options: Attempt): Promise<Attempted> {
    const { userID = "alice", password = "wonderland", tamper = (octets) => octets, origin } = options;
    const legs: Attempted["legs"][number][] = [];
    let staged = 0;
    const client = new EnrolClient(
      {
        suite: options.suite ?? nodeSuite,
        random: this.random,
        parties: options.parties ?? parties,
        userID: ascii(userID),
        password: ascii(password),
        methods: options.methods,
        stage: () => void staged++,
        commit: () => {},
      },
      1,
    );
    const passed = (octets: Uint8Array, direction: Direction): Uint8Array => {
      const after = tamper(octets, direction, legs.length);
      legs.push({ direction, octets: after });
      return after;
    };
    let outcome = "enrolled";
    try {
      let step: Step<unknown> = client.start();
      while (step.kind !== "done") {
        if (step.kind === "derive") {
          step = client.derived(step.derivation.step(Number.POSITIVE_INFINITY) as Uint8Array);
        } else {
          const answer: Uint8Array = await this.answer(passed(step.octets, "toServer"), origin);
          step = client.receive(passed(answer, "toPNE"));
        }
      }
    } catch (error) {
      if (!(error instanceof CpnsError)) throw error;
      outcome = error.code;
    }
    const { refused } = client;
    client.dispose();
    return { outcome, legs, staged, refused };
  }

  /** What the Server holds for the PNE. */
  async keys(): Promise<"none" | "staged" | "committed"> {
    if (this.store.get("entities", hex(pne)) !== undefined) return "committed";
    return this.store.size("staged") === 0 ? "none" : "staged";
  }

  /** Guesses that the user still has to pay for, by all ways together. */
  async failures(userID = "alice"): Promise<number> {
    const user = this.store.get("users", hex(ascii(userID)));
    const name = `${user === undefined ? "unknown" : hex(user.identity)}/foreign`;
    return Math.ceil((this.store.get("budgets", name)?.spent ?? 0) / ways.foreign.refill);
  }
}
