import assert from "node:assert/strict";
import { Establishment } from "../../../src/protocols/network/establishment.js";
import { invitationTime } from "../../../src/protocols/network/invitations.js";
import type { MemberLeg } from "../../../src/protocols/network/memberSetup.js";
import { ManualClock } from "../../support/manualClock.js";

const pnID = new Uint8Array(16).fill(1);
const entry = { pneInfo: new Uint8Array(8), rand: new Uint8Array(32).fill(2), flags: 2 };

/** The PNE that has asked for the PN; it waits for the Server's word. */
const initiator = { initiator: true, over: false, hash: undefined, entry } as unknown as MemberLeg;

describe("a PN whose invitation cannot even be sent", () => {
  it("is asked for at the Server once, at once, and not again when the others' time is over (PNI-04b, C-16)", () => {
    const clock = new ManualClock();
    let asked = 0;
    const establishment = new Establishment(
      {
        clock,
        pnID,
        setupType: 1,
        exchange: () => {
          asked++;
        },
        done: () => {},
      },
      1,
    );
    establishment.add(initiator);
    establishment.answered();
    establishment.start();
    clock.advance(invitationTime);
    assert.equal(asked, 1);
    assert.equal(clock.armed, 0);
  });
});
