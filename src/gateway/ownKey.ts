import { wipe } from "../base/octets.js";
import { contain, type Done, finished, type Outcome } from "../base/outcome.js";
import { Method } from "../codec/methods.js";
import { checkPassword, checkUserID } from "../crypto/password.js";
import { KeyOrigin } from "../keystore/schemas.js";
import type { Exchange } from "../procedure/gatewayPorts.js";
import type { Procedure } from "../procedure/procedure.js";
import { ProcedureError } from "../procedure/procedure.js";
import { runProcedure } from "../procedure/run.js";
import { EnrolClient } from "../protocols/enrolment/client.js";
import { ConfirmClient } from "../protocols/enrolment/confirm.js";
import { assignByGba, type GbaPorts } from "../protocols/gba/gateway.js";
import type { GuardedPorts } from "./guard.js";

/** The PN GW's own EUKey: how it gets one (EUK-GW-01 … EUK-GW-13), in the clear as it has none yet. */
export class OwnKey {
  readonly #ports: GuardedPorts;
  readonly #replaced: () => void;
  readonly #isRefused: (done: (refused: boolean) => void) => void;
  /** Who is told when what is under way now has ended. */
  #waiting: Done<undefined>[] | undefined;

  /**
   * `replaced`: another key stands, and no session that hung on the older one is good any more. `isRefused` asks the
   * Server whether it takes no key of this PN GW.
   */
  constructor(
    ports: GuardedPorts,
    replaced: () => void,
    isRefused: (done: (refused: boolean) => void) => void,
  ) {
    this.#ports = ports;
    this.#replaced = replaced;
    this.#isRefused = isRefused;
  }

  /**
   * By its owner's User ID and password, which is wiped (EUK-GW-04 … EUK-GW-13). Where another User has its Entity ID,
   * and it holds no key that the Server takes, it does so under a fresh one: nobody keeps it out by a name that he has
   * heard (C-12). Throws CredentialError, and ProcedureError("gba.decides") while there is a UICC (C-35).
   */
  enrol(userID: Uint8Array, password: Uint8Array, done: Done<undefined>): void {
    checkCredentials(userID, password);
    if (this.#ports.gba !== undefined) {
      wipe(password);
      throw new ProcedureError("gba.decides");
    }
    const again = password.slice();
    const over: Done<undefined> = (outcome) => {
      wipe(again);
      done(outcome);
    };
    let foreign = false;
    const told = (): void => {
      foreign = true;
    };
    this.#enrol(userID, password, told, (outcome) => {
      if (!foreign) return over(outcome);
      this.#whenNobodys((nobodys) => {
        if (!nobodys) return over(outcome);
        const fresh = contain(() => this.#ports.takeFreshID(), this.#ports.fault);
        if ("error" in fresh) over(fresh);
        else this.#enrol(userID, again, () => {}, over);
      });
    });
  }

  #whenNobodys(done: (nobodys: boolean) => void): void {
    if (this.#ports.store.facts.committed === undefined) done(true);
    else this.#isRefused(done);
  }

  #enrol(userID: Uint8Array, password: Uint8Array, foreign: () => void, done: Done<undefined>): void {
    const { suite, random, gatewayID, serverID, store } = this.#ports;
    const client = new EnrolClient(
      {
        suite,
        random,
        parties: { pne: undefined, gateway: gatewayID, server: serverID },
        userID,
        password,
        methods: [Method.spake2plus],
        foreign,
        heldKey: () => store.committed?.key,
        stage: ({ id, key, createdAt }) => {
          store.stage({ id, key: key.octets, createdAt, origin: KeyOrigin.password, userID, serverID });
        },
        commit: (id) => store.commit(id),
      },
      1,
    );
    this.#run(client, done);
  }

  /** By its UICC (EUK-GW-01, EUK-GW-02). */
  bootstrap(done: Done<undefined>): void {
    const { gba } = this.#ports;
    if (gba === undefined) throw new ProcedureError("gba.noUicc");
    bootstrap(this.#ports, gba, (outcome) => this.#over(outcome, done));
  }

  /** Finishes an enrolment that was cut between delivery and acknowledgement; of one that is under way tells the end. */
  confirm(done: Done<undefined>): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(done);
      return;
    }
    const { suite, gatewayID, serverID, store } = this.#ports;
    const held = store.keys;
    if (held.at !== "staged" && held.at !== "replacing") return done(finished);
    const parties = { pne: undefined, gateway: gatewayID, server: serverID };
    const commit = (id: Uint8Array): void => store.commit(id);
    this.#run(new ConfirmClient({ suite, parties, staged: held.staged, commit }, 1), done);
  }

  #run<T>(procedure: Procedure<T>, done: Done<undefined>): void {
    const inTheClear: Exchange = (octets, answered) => this.#ports.request(octets, answered);
    const waiting = [done];
    this.#waiting = waiting;
    runProcedure(procedure, inTheClear, this.#ports.fault, (outcome) => {
      if (this.#waiting === waiting) this.#waiting = undefined;
      this.#over("error" in outcome ? outcome : finished, (over) => {
        for (const one of waiting) one(over);
      });
    });
  }

  #over(outcome: Outcome<undefined>, done: Done<undefined>): void {
    if ("value" in outcome) this.#replaced();
    done(outcome);
  }
}

/**
 * An EUKey by the UICC (EUK-GW-01, EUK-GW-02). The Server does not tell why it refuses, nor that it is the Server: only
 * who has never had a key tries once more under a fresh Entity ID, as nothing hangs on the one that it has.
 */
export function bootstrap(ports: GuardedPorts, gba: GbaPorts, done: Done<undefined>): void {
  assignByGba({ ...ports, gba }, (outcome) => {
    const refused = "error" in outcome && outcome.error.code === "result.refused";
    if (!refused || ports.store.facts.committed !== undefined) return done(outcome);
    const fresh = contain(() => ports.takeFreshID("once"), ports.fault);
    if ("error" in fresh) done(fresh);
    else if (fresh.value) assignByGba({ ...ports, gba }, done);
    else done(outcome);
  });
}

/** Throws CredentialError, with every password wiped. */
export function checkCredentials(
  userID: Uint8Array,
  ...passwords: readonly (Uint8Array | undefined)[]
): void {
  try {
    checkUserID(userID);
    for (const password of passwords) if (password !== undefined) checkPassword(password);
  } catch (error) {
    wipe(...passwords);
    throw error;
  }
}
