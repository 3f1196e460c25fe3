import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import type { OpenServer } from "../../hosts/server/open.js";
import { ascii, hex } from "../../src/base/octets.js";
import { randomOctets } from "../../src/base/ports.js";
import { toSeconds } from "../../src/base/units.js";
import { deriveKeys } from "../../src/crypto/keys/pairKeys.js";
import { type DirectSession, Initiator } from "../../src/protocols/authentication/initiator.js";
import type { Asks } from "./leg.js";

export interface GatewayKey {
  readonly entityID: Uint8Array;
  readonly key: Uint8Array;
}

/** PN GWs with a key, put into the tables as an enrolment would; 16 belong to each of as many Users. */
export async function makeGateways(
  { store, ports }: OpenServer,
  count: number,
): Promise<readonly GatewayKey[]> {
  const made = Array.from({ length: count }, (_, i) => ({
    entityID: ascii(`bench-gw-${String(i).padStart(7, "0")}`),
    key: randomOctets(nodeRandom, 32),
    owner: new Uint8Array(16).fill(1 + Math.floor(i / 16)),
  }));
  const now = toSeconds(ports.clock.now());
  await store.transaction(async ({ entities }) => {
    for (const { entityID, key, owner } of made) {
      const committed = { id: randomOctets(nodeRandom, 8), key, origin: "password", createdAt: now } as const;
      const facts = { owner, userID: ascii("bench"), gatewayID: entityID, seenAt: now, possessed: false };
      await entities.put(hex(entityID), { role: "gateway", committed, ...facts });
    }
  });
  return made;
}

/** One mutual authentication of a PN GW and the Server: two round trips in the clear. */
export async function authenticate(leg: Asks, gateway: GatewayKey, from: number): Promise<void> {
  (await authenticated(leg, gateway, from)).sk.wipe();
}

/** The same; the session is the caller's. */
export async function authenticated(
  leg: Asks,
  { entityID, key }: GatewayKey,
  from: number,
): Promise<DirectSession> {
  const keys = deriveKeys(nodeSuite, "EUK", key.slice(), entityID);
  const initiator = new Initiator({ suite: nodeSuite, random: nodeRandom, entityID, keys });
  const response = initiator.receive(await leg.ask(initiator.start(1), from));
  if (!(response instanceof Uint8Array)) throw new Error("a session too early");
  const session = initiator.receive(await leg.ask(response, from));
  if (session instanceof Uint8Array) throw new Error("no session");
  initiator.dispose();
  return session;
}
