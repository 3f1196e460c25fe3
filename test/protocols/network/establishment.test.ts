import assert from "node:assert/strict";
import { ascii } from "../../../src/base/octets.js";
import { encodeMessage } from "../../../src/codec/message.js";
import { Establishment } from "../../../src/protocols/network/establishment.js";
import { invitationTime } from "../../../src/protocols/network/invitations.js";
import type { MemberSetup } from "../../../src/protocols/network/memberSetup.js";
import { pnAuthenticationRequest } from "../../../src/protocols/network/messages.js";
import { noFault } from "../../support/ended.js";
import { ManualClock } from "../../support/manualClock.js";

const pnID = new Uint8Array(16).fill(1);
const gatewayInfo = { flags: 1, links: 7, technologies: ["BLE"], subscription: { kind: 1 } };
const entry = { pneInfo: new Uint8Array(8), rand: new Uint8Array(32).fill(2), flags: 2 };

/** The PNE that has asked for the PN; it waits for the Server's word. */
const initiator = { initiator: true, over: false, hash: undefined, entry } as unknown as MemberSetup;

describe("a PN whose invitation cannot even be sent", () => {
  it("is asked for at the Server once, at once, and not again when the others' time is over (PNI-04b, C-16)", () => {
    const clock = new ManualClock();
    let asked = 0;
    const establishment = new Establishment(
      {
        clock,
        fault: noFault,
        pnID,
        setupType: 1,
        gatewayInfo,
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

describe("the Server's word to a PN that is being set up", () => {
  it("goes to the one who started it first, then to the others as they came (PNI-06b, PNI-07)", () => {
    const order: string[] = [];
    const member = (name: string, initiator: boolean): MemberSetup =>
      ({
        ...{ initiator, over: false, hash: undefined, entry, pne: ascii(name), verdict() {} },
        authenticate: (rand: Uint8Array) => void order.push(`${name} ${rand[0]}`),
      }) as unknown as MemberSetup;
    const establishment = new Establishment(
      {
        clock: new ManualClock(),
        fault: noFault,
        pnID,
        setupType: 1,
        gatewayInfo,
        exchange(_octets, done) {
          const body = { pnID, rand: new Uint8Array(32).fill(9), members: [] };
          done({ value: encodeMessage(pnAuthenticationRequest, 1, body) });
        },
        done: () => {},
      },
      2,
    );
    for (const name of ["first", "second", "third"]) establishment.add(member(name, name === "first"));
    for (let answers = 0; answers < 2; answers++) establishment.answered();
    assert.deepEqual(order, ["first 9", "second 9", "third 9"]);
  });
});
