import { ascii, equalBytes, wipe } from "../../base/octets.js";
import { contain, type Done, finished } from "../../base/outcome.js";
import type { Clock, Random } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { encodeMessage, messageSet } from "../../codec/message.js";
import { keyConfirmation } from "../../crypto/keys/directKeys.js";
import { deriveKeys, wipeKeys } from "../../crypto/keys/pairKeys.js";
import type { Suite } from "../../crypto/suite.js";
import type { KeyStore } from "../../keystore/keystore.js";
import { KeyOrigin } from "../../keystore/schemas.js";
import { readAnswer } from "../../procedure/answers.js";
import { ProcedureError } from "../../procedure/procedure.js";
import { euKeyAssignmentAck } from "../enrolment/messages.js";
import { gbaKeyID, nafIDOf } from "./keys.js";
import { euKeyAssignmentRequestGba } from "./messages.js";

import type { GbaSuite, Ub, Uicc } from "./ports.js";
import { type Bootstrapping, bootstrap } from "./ub.js";

const answers = messageSet(euKeyAssignmentAck);

/** What a PN GW with a UICC has beside its other ports (EUK-GW-01). */
export interface GbaPorts {
  readonly suite: GbaSuite;
  readonly uicc: Uicc;
  readonly ub: Ub;
}

export interface GbaAssignmentOptions {
  readonly gba: GbaPorts;
  readonly suite: Suite;
  readonly random: Random;
  readonly clock: Pick<Clock, "now">;
  readonly store: KeyStore;
  readonly gatewayID: Uint8Array;
  /** ASCII; the FQDN in NAF_Id. */
  readonly serverID: Uint8Array;
  /** In the clear. */
  request(octets: Uint8Array, done: Done<Uint8Array>): void;
  readonly fault: (error: unknown) => void;
}

/**
 * The PN GW's EUKey by GBA_U (EUK-GW-01, EUK-GW-02, C-21, C-22): bootstraps, takes Ks_ext_NAF as its EUKey, and commits it
 * once the Server has proven that it has fetched the same one. Until then an older key stands. Calls `done` once.
 */
export function assignByGba(options: GbaAssignmentOptions, done: Done<undefined>): void {
  const { gba, random, fault } = options;
  bootstrap({ suite: gba.suite, random, uicc: gba.uicc, ub: gba.ub }, (result) => {
    const staged = contain(() => {
      if ("error" in result) throw result.error;
      return stage(options, result.value);
    }, fault);
    if ("error" in staged) return done(staged);
    const { id, octets, expected } = staged.value;
    options.request(octets, (answer) => {
      const proven = contain(() => {
        if ("error" in answer) throw answer.error;
        const { hash } = readAnswer(answers, answer.value, "confirming").body;
        if (!equalBytes(hash, expected)) throw new ProcedureError("enrol.notTrusted");
        options.store.commit(id);
      }, fault);
      done("error" in proven ? proven : finished);
    });
  });
}

interface Staged {
  readonly id: Uint8Array;
  /** EUKeyAssignmentRequest.gba. */
  readonly octets: Uint8Array;
  /** HASH of the answer. */
  readonly expected: Uint8Array;
}

function stage(
  { gba, suite, clock, store, gatewayID, serverID }: GbaAssignmentOptions,
  { bTID, expiresAt }: Bootstrapping,
): Staged {
  const key = gba.uicc.ksExtNaf(nafIDOf(String.fromCharCode(...serverID)));
  const id = gbaKeyID(suite, bTID);
  const keys = deriveKeys(suite, "EUK", key, gatewayID);
  const hash = keyConfirmation(suite, keys, "confirm", id);
  const expected = keyConfirmation(suite, keys, "ack", id);
  wipeKeys(keys);
  const userID = ascii(gba.uicc.impi.split("@")[0]?.slice(0, 32) ?? "");
  const createdAt = toSeconds(clock.now());
  store.stage({ id, key, createdAt, expiresAt, origin: KeyOrigin.gba, userID, serverID });
  wipe(key);
  const body = { entityID: gatewayID, bTID, hash };
  return { id, octets: encodeMessage(euKeyAssignmentRequestGba, 1, body), expected };
}
