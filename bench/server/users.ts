import { nodeRandom } from "../../hosts/node/nodeSuite.js";
import type { OpenServer } from "../../hosts/server/open.js";
import { ascii, hex } from "../../src/base/octets.js";
import { randomOctets } from "../../src/base/ports.js";
import { Server } from "../../src/server/server.js";
import { crowdUsers, operator, passwordOf } from "./devices.js";

const batch = 500;

/** Users up to `count`: those who will enrol, with passwords of their own, and others with the record of one of them. */
export async function makeUsers(open: OpenServer, count: number): Promise<void> {
  const server = new Server(open.ports);
  await server.registerUser(ascii(operator.userID), ascii(operator.password));
  for (const user of crowdUsers) await server.registerUser(ascii(user), ascii(passwordOf(user)));
  for (let made = crowdUsers.length; made < count; made += batch) {
    await open.store.transaction(async ({ users }) => {
      const sample = await users.get(hex(ascii("user-0")));
      if (sample === undefined) throw new Error("no user-0");
      for (let i = made; i < Math.min(count, made + batch); i++) {
        const userID = ascii(`filler-${i}`);
        await users.put(hex(userID), { ...sample, userID, identity: randomOctets(nodeRandom, 16) });
      }
    });
  }
}
