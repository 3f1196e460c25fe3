import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownCertificate } from "../../../../hosts/node/https/certificate.js";
import { nodeRandom, nodeSuite } from "../../../../hosts/node/nodeSuite.js";
import type { Pages } from "../../../../hosts/node/pages/serve.js";
import { tokenText } from "../../../../hosts/server/api/credentials.js";
import { ProgramInterface } from "../../../../hosts/server/api/interface.js";
import type { Targets } from "../../../../hosts/server/api/target.js";
import { Listener } from "../../../../hosts/server/listener.js";
import { either } from "../../../../hosts/server/start.js";
import { MemoryServerStore } from "../../../../hosts/simulator/world/serverStore.js";
import { ascii, fromHex, hex } from "../../../../src/base/octets.js";
import { silentLog } from "../../../../src/base/ports.js";
import { Milliseconds, Seconds } from "../../../../src/base/units.js";
import { Result } from "../../../../src/codec/results.js";
import { encode } from "../../../../src/codec/schema.js";
import { Secret } from "../../../../src/crypto/secret.js";
import type { UserRecord } from "../../../../src/database/rows/users.js";
import type { ServerStore, ServerTables } from "../../../../src/database/store.js";
import type { Said, StoredServerPorts } from "../../../../src/procedure/serverPorts.js";
import { beginSession } from "../../../../src/protocols/account/session.js";
import { pneInfo } from "../../../../src/protocols/network/messages.js";
import { encodeContents, type Topic } from "../../../../src/protocols/topics/contents.js";
import type { Value } from "../../../../src/protocols/topics/message.js";
import type { SendTopic } from "../../../../src/server/programs/programs.js";
import { makeToken, type Scope, scopes } from "../../../../src/server/programs/tokens.js";
import { ManualClock } from "../../../support/manualClock.js";
import { OpenStream } from "../../../support/openStream.js";

const none: Pages = async () => false;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  readonly body: never;
}

export interface Asked {
  readonly token?: string | undefined;
  readonly session?: string;
  readonly body?: unknown;
  /** In place of the body as JSON. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

const octets = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
export const [gateway, kitchen, cellar, bobsPhone] = ["gateway", "kitchen", "cellar", "bobs-phone"].map(
  (one) => hex(ascii(one)),
) as [string, string, string, string];
export const pnID = octets(16, 9);
export const kitchenTopics: readonly Topic[] = [
  { name: "temperature", kind: "number", direction: "offers", unit: "°C" },
  { name: "lamp", kind: "switch", direction: "both" },
  { name: "ring", kind: "event", direction: "both" },
  { name: "text", kind: "text", direction: "understands" },
  { name: "code", kind: "octets", direction: "understands" },
];

/**
 * A Server's interface for programs over TLS, with its tables in memory: Alice has a PN GW, a kitchen in its PN and a
 * cellar that is in none; Bob's phone is her guest.
 */
export class ApiHouse {
  readonly clock = new ManualClock();
  readonly store: MemoryServerStore;
  readonly log: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "cpns-api-"));
  readonly #agent = new Agent({ rejectUnauthorized: false, keepAlive: true });
  #listener: Listener | undefined;
  port = 0;
  interface: ProgramInterface | undefined;
  /** Of topics, in milliseconds. */
  history = 24 * 3_600_000;
  /** Other pages. */
  more: ((ports: ApiHouse["ports"]) => Pages) | undefined;
  shared = false;
  targets: Targets = "any";
  /** Milliseconds for a webhook's target. */
  patience = 3_000;
  /** What devices are sent, and what comes of it. */
  sent: unknown[] = [];
  sendTopic: SendTopic = async (entityID, topic, value, patience) => {
    this.sent.push([hex(entityID), topic, value, patience]);
    return Result.ok;
  };
  /** In the place of the tables, from the next start on. */
  over: ((store: ServerStore) => ServerStore) | undefined;

  constructor() {
    this.clock.advance(Milliseconds(1_800_000_000_000));
    this.store = new MemoryServerStore({
      clock: this.clock,
      log: { event: (name, fields) => this.said(name, fields) },
    });
  }

  said(name: string, fields: object = {}): void {
    this.log.push(`${name} ${JSON.stringify(fields)}`);
  }

  async start(): Promise<this> {
    await this.store.transaction((tables) => this.#furnish(tables));
    await this.listen();
    return this;
  }

  get ports() {
    const store = this.over?.(this.store) ?? this.store;
    return { suite: nodeSuite, random: nodeRandom, clock: this.clock, store };
  }

  get accountPorts(): StoredServerPorts {
    return {
      ...this.ports,
      log: silentLog,
      secrets: { unknown: new Secret(octets(32, 1)) },
      serverID: ascii("cpns.example"),
      application: () => undefined,
    };
  }

  async listen(): Promise<void> {
    const log = (name: string, fields?: object): void => this.said(name, fields);
    this.interface = this.another();
    this.#listener = new Listener({
      certificate: await ownCertificate(this.#folder, ["localhost"]),
      handle: async (request) => request,
      pages: either(
        this.interface.pages((...value) => this.sendTopic(...value)),
        this.more?.(this.ports) ?? none,
      ),
      log,
    });
    this.port = await this.#listener.listen(0, "127.0.0.1");
  }

  /** As of another Server on the same tables. */
  another(): ProgramInterface {
    return new ProgramInterface({
      ...{ ports: this.ports, history: Milliseconds(this.history), shared: this.shared },
      ...{ targets: this.targets, patience: this.patience },
      log: { event: (name, fields) => this.said(name, fields) },
    });
  }

  async shut(): Promise<void> {
    this.#agent.destroy();
    this.interface?.stop();
    await this.#listener?.close();
  }

  async close(): Promise<void> {
    await this.shut();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #furnish(tables: ServerTables): Promise<void> {
    for (const name of ["alice", "bob"]) await tables.users.put(hex(ascii(name)), userNamed(name));
    await this.#entity(tables, gateway, "alice", "gateway");
    await this.#entity(tables, kitchen, "alice", "pne");
    await this.#entity(tables, cellar, "alice", "pne");
    await this.#entity(tables, bobsPhone, "bob", "pne");
    await this.#place(tables);
  }

  /** Puts the network there anew, which lasts an hour. */
  furnishPlaces(): Promise<void> {
    return this.store.transaction((tables) => this.#place(tables));
  }

  async #place(tables: ServerTables): Promise<void> {
    const endsAt = Milliseconds(this.clock.now() + 3_600_000);
    await tables.pns.put(`${gateway}/${hex(pnID)}`, {
      ...{ established: true, pnID, gatewayID: ascii("gateway"), owner: userNamed("alice").identity },
      ...{ randServer: octets(32, 1), alias: "at home", size: 2, endsAt },
    });
    await this.#member(tables, "kitchen", kitchenTopics, endsAt);
    await this.#member(tables, "bobs-phone", [{ name: "step", kind: "event", direction: "offers" }], endsAt);
  }

  async #entity(tables: ServerTables, id: string, owner: string, role: "pne" | "gateway"): Promise<void> {
    const { identity, userID } = userNamed(owner);
    const createdAt = Seconds(Math.floor(this.clock.now() / 1000));
    await tables.entities.put(id, {
      ...{ role, owner: identity, userID, gatewayID: ascii("gateway"), possessed: false, seenAt: createdAt },
      committed: { id: octets(8, 2), key: octets(32, 0xa1), origin: "password", createdAt },
    });
  }

  async #member(
    tables: ServerTables,
    name: string,
    topics: readonly Topic[],
    endsAt: Milliseconds,
  ): Promise<void> {
    const entityID = ascii(name);
    const session = { received: 0, next: 1, endsAt, keyID: octets(8, 2), randPNE: octets(32, 3) };
    await tables.members.put(`${gateway}/${hex(pnID)}/${hex(entityID)}`, {
      ...{ gatewayID: ascii("gateway"), pnID, entityID, flags: 0, rand: octets(32, 3), endsAt },
      pneInfo: encode(pneInfo, { entityID, flags: 0, linkKey: 0, name, contents: encodeContents(topics) }),
      session: { ...session, sk: octets(32, 0xa2), randServer: octets(32, 1) },
    });
  }

  /** A device of Alice's says a value, as when the Server takes it. */
  async says(device: string, topic: string, value: Value, owner = "alice"): Promise<void> {
    const known = kitchenTopics.find(({ name }) => name === topic) ?? kitchenTopics[0];
    const said = {
      entityID: fromHex(device),
      owner: userNamed(owner).identity,
      topic: { ...known, name: topic },
      value,
    };
    await this.store.transaction(async (tables) => this.interface?.said(tables, said as Said));
  }

  /** A token of this User's, as text. */
  async token(wanted: readonly Scope[] = scopes, name = "alice", days?: number): Promise<string> {
    const endsAt =
      days === undefined ? {} : { endsAt: Milliseconds(this.clock.now() + days * 24 * 3_600_000) };
    const made = await this.store.transaction((tables) =>
      makeToken(this.ports, tables, userNamed(name), { name: "a program", scopes: wanted, ...endsAt }),
    );
    return tokenText(made.octets);
  }

  /** A session of the Server's page of this User's. */
  async session(name = "alice"): Promise<string> {
    const begun = this.store.transaction((tables) => beginSession(this.ports, tables, userNamed(name)));
    return hex(await begun);
  }

  /** A stream of events. */
  open(asked: Asked = {}, query = ""): Promise<OpenStream> {
    const headers = { ...asked.headers, ...(asked.token && { Authorization: `Bearer ${asked.token}` }) };
    const { from: localAddress = "127.0.0.1" } = asked;
    const options = {
      host: "127.0.0.1",
      port: this.port,
      path: `/api/v1/stream${query}`,
      headers,
      localAddress,
    };
    return OpenStream.open({ ...options, rejectUnauthorized: false, agent: false });
  }

  ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const { token, session, body, raw, from = "127.0.0.1" } = asked;
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(session !== undefined && { "CPNS-Session": session }),
      ...(sent !== undefined && {
        "Content-Type": "application/json",
        "Content-Length": Buffer.byteLength(sent),
      }),
      ...asked.headers,
    };
    const options = { method, path: `/api/v1${path}`, headers, agent: this.#agent, localAddress: from };
    return new Promise((resolve, reject) => {
      const asking = request({ host: "127.0.0.1", port: this.port, ...options }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.on("end", () => {
          const { statusCode: status = 0, headers: said } = response;
          const json = text !== "" && /json/.test(said["content-type"] ?? "");
          resolve({ status, headers: said, text, body: (json ? JSON.parse(text) : undefined) as never });
        });
        response.on("error", reject);
      });
      asking.on("error", reject).end(sent);
    });
  }
}

export function userNamed(name: string): UserRecord {
  const point = Uint8Array.of(4, ...octets(64, 5));
  return {
    ...{
      identity: octets(16, name.charCodeAt(0)),
      userID: ascii(name),
      salt: octets(16, 1),
      iterations: 10_000,
    },
    ...{ createdAt: Seconds(1_700_000_000), storedKey: octets(32, 6), serverKey: octets(32, 7) },
    ...{ w0: octets(32, 8), l: point, w0M: point, w0N: point },
  };
}

/** Around each test of a suite: a new house, and a token that may do this; none where it may nothing. */
export function eachInNewHouse(
  scopes: readonly Scope[],
  moved: (house: ApiHouse, token: string) => void,
): void {
  let house: ApiHouse | undefined;
  beforeEach(async () => {
    house = await new ApiHouse().start();
    moved(house, scopes.length === 0 ? "" : await house.token(scopes));
  });
  afterEach(() => house?.close());
}
