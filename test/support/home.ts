import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { serverID } from "../../hosts/simulator/network/gatewayPlace.js";
import { SeededRandom } from "../../hosts/simulator/world/random.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii } from "../../src/base/octets.js";
import { type Clock, silentLog } from "../../src/base/ports.js";
import { Secret } from "../../src/crypto/secret.js";
import { Gateway } from "../../src/gateway/gateway.js";
import type { GatewayRadio } from "../../src/gateway/radio.js";
import { Reconnector } from "../../src/gateway/reconnector.js";
import { KeyStore } from "../../src/keystore/keystore.js";
import { asciiText } from "../../src/pne/text.js";
import { Server } from "../../src/server/server.js";
import { MemoryStore } from "./memoryStore.js";

const operator = Object.freeze({ userID: "operator", password: "operator's own password" });

/** A Server, and a PN GW with any radio, in this process and on any clock. */
export class Home {
  readonly server: Server;
  readonly gateway: Gateway;
  readonly reconnector: Reconnector;

  constructor(clock: Clock, radio: GatewayRadio) {
    const random = new SeededRandom("home");
    const common = { suite: nodeSuite, clock, log: silentLog, serverID };
    this.server = new Server({
      ...common,
      random: random.fork("server"),
      store: new MemoryServerStore({ clock }),
      secrets: { unknown: new Secret(random.octets(32)) },
      policy: { mayJoin: () => true },
      application: (_origin, _pnID, data) => ascii(`Server got: ${asciiText(data)}`),
    });
    this.gateway = new Gateway({
      ...common,
      random: random.fork("gateway"),
      store: new KeyStore(new MemoryStore(), nodeSuite),
      gatewayID: ascii("gateway-01"),
      request: (octets, done) => {
        void this.server.handle(octets).then((value) => done({ value }));
      },
      application: (_origin, _pnID, data) => ascii(`Gateway got: ${asciiText(data)}`),
    });
    this.reconnector = new Reconnector({
      clock,
      random: random.fork("reconnector"),
      log: silentLog,
      radio,
      serve: (connection) => {
        const link = this.gateway.connected(connection);
        return {
          get idle() {
            return link.idle;
          },
          fragment: (fragment: Uint8Array) => link.fragment(fragment),
          closed: () => this.gateway.disconnected(link),
        };
      },
    });
  }

  /** Registers users, gives the PN GW its key, and begins to connect. */
  async start(users: readonly { readonly userID: string; readonly password: string }[]): Promise<void> {
    for (const { userID, password } of [operator, ...users]) {
      await this.server.registerUser(ascii(userID), ascii(password));
    }
    await new Promise<void>((resolve, reject) => {
      const credentials = { userID: ascii(operator.userID), password: ascii(operator.password) };
      this.gateway.command({ kind: "enrol", ...credentials }, (outcome) => {
        if ("error" in outcome) reject(outcome.error);
        else resolve();
      });
    });
    this.reconnector.start();
  }
}
