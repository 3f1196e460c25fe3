import assert from "node:assert/strict";
import { nodeSuite } from "../../../hosts/node/nodeSuite.js";
import { allZero, ascii, hex } from "../../../src/base/octets.js";
import { Method } from "../../../src/codec/methods.js";
import type { CurveSuite } from "../../../src/crypto/suite.js";
import { EnrolPair } from "../../support/enrolPair.js";

const startsWith = (octets: Uint8Array | undefined, text: string): boolean =>
  octets !== undefined && hex(octets).startsWith(hex(ascii(text)));

/** A Suite that keeps hold of everything that it computes. */
function keeping(): { readonly suite: CurveSuite; readonly made: Uint8Array[] } {
  const made: Uint8Array[] = [];
  const keep = <Octets extends Uint8Array | undefined>(octets: Octets): Octets => {
    if (octets !== undefined) made.push(octets);
    return octets;
  };
  const { curve } = nodeSuite;
  const suite: CurveSuite = {
    ...nodeSuite,
    // A hash of what was in the air tells nothing, and the Server sends the acknowledgement in the clear.
    sha256: (...parts) => {
      const hash = nodeSuite.sha256(...parts);
      return startsWith(parts[0], "CPNS SCRAM") ? hash : keep(hash);
    },
    hmac: (key, ...parts) => {
      const mac = nodeSuite.hmac(key, ...parts);
      return startsWith(parts[0], "ack") ? mac : keep(mac);
    },
    hkdf: (salt, ikm, info, length) => keep(nodeSuite.hkdf(salt, ikm, info, length)),
    open: (key, nonce, sealed, aad) => keep(nodeSuite.open(key, nonce, sealed, aad)),
    pbkdf2(password, salt, iterations) {
      const derivation = nodeSuite.pbkdf2(password, salt, iterations);
      return {
        iterations,
        get done() {
          return derivation.done;
        },
        step: (slice) => keep(derivation.step(slice)),
        cancel: () => derivation.cancel(),
      };
    },
    curve: {
      name: curve.name,
      multiply: (scalar, point) => keep(curve.multiply(scalar, point)),
      add: (point, other) => keep(curve.add(point, other)),
      decompress: (compressed) => keep(curve.decompress(compressed)),
    },
  };
  return { suite, made };
}

/** Of what is left: that which was not in the air. HASHes are cut there, and points compressed. */
function unheard(made: readonly Uint8Array[], air: readonly Uint8Array[]): string[] {
  const heard = air.map(hex).join();
  const part = (octets: Uint8Array): Uint8Array =>
    octets.length === 65 ? octets.subarray(1, 33) : octets.subarray(0, 16);
  return made.filter((octets) => !allZero(octets) && !heard.includes(hex(part(octets)))).map(hex);
}

/** An attempt whose message `cut` arrives as three octets. */
async function attempted(password: string, method: Method, cut = -1) {
  const pair = await new EnrolPair().register("alice", "wonderland");
  const { suite, made } = keeping();
  const air: Uint8Array[] = [];
  const tamper = (octets: Uint8Array, _direction: string, leg: number): Uint8Array => {
    air.push(octets);
    return leg === cut ? octets.slice(0, 3) : octets;
  };
  const { outcome } = await pair.attempt({ suite, password, tamper, methods: [method] });
  return { outcome, made: made.length, left: unheard(made, air) };
}

describe("what an enrolment leaves in the memory of a client: what was in the air, nothing else", () => {
  for (const [name, method] of Object.entries(Method)) {
    it(`by ${name}, when it has succeeded and when it was refused`, async () => {
      const right = await attempted("wonderland", method);
      assert.deepEqual({ ...right, made: right.made > 8 }, { outcome: "enrolled", made: true, left: [] });
      const wrong = await attempted("wrong", method);
      assert.deepEqual(
        { ...wrong, made: wrong.made > 4 },
        { outcome: "result.refused", made: true, left: [] },
      );
    });

    it(`by ${name}, when it ends at any message`, async () => {
      for (let cut = 0; cut < (method === Method.spake2plus ? 8 : 6); cut++) {
        const { outcome, left } = await attempted("wonderland", method, cut);
        assert.notEqual(outcome, "enrolled");
        assert.deepEqual(left, [], `message ${cut}`);
      }
    });
  }
});
