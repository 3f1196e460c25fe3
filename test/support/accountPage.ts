import { nodeRandom, nodeSuite } from "../../hosts/node/nodeSuite.js";
import { MemoryServerStore } from "../../hosts/simulator/world/serverStore.js";
import { ascii, hex } from "../../src/base/octets.js";
import { silentLog } from "../../src/base/ports.js";
import { Milliseconds } from "../../src/base/units.js";
import { encodeMessage } from "../../src/codec/message.js";
import { Secret } from "../../src/crypto/secret.js";
import type { UserRecord } from "../../src/database/rows/users.js";
import { type Procedure, ProcedureError, type Step } from "../../src/procedure/procedure.js";
import type { StoredServerPorts } from "../../src/procedure/serverPorts.js";
import { AccountProof } from "../../src/protocols/account/client.js";
import { accountSignOutRequest } from "../../src/protocols/account/messages.js";
import { AccountServer } from "../../src/protocols/account/server.js";
import type { AccountPurpose } from "../../src/protocols/account/transcript.js";
import { UserAdministration } from "../../src/protocols/registration/admin.js";
import { Registration } from "../../src/protocols/registration/client.js";

const serverID = ascii("cpns.example");
export const password = "a quiet kitchen table";
export const newPassword = "another table, by the window";

/** The account pages' side of a Server on which Alice and Bob are registered. */
export class AccountPage {
  time = 1_800_000_000_000;
  readonly clock = { now: () => Milliseconds(this.time) };
  readonly store = new MemoryServerStore({ clock: this.clock });
  readonly ports: StoredServerPorts = {
    suite: nodeSuite,
    random: nodeRandom,
    clock: this.clock,
    store: this.store,
    log: silentLog,
    secrets: { unknown: new Secret(new Uint8Array(32).fill(1)) },
    serverID,
    application: () => undefined,
  };
  readonly users = new UserAdministration(this.ports);
  readonly server = new AccountServer(this.ports);

  async start(): Promise<this> {
    for (const user of ["alice", "bob"]) await this.users.register(ascii(user), ascii(password));
    return this;
  }

  user(name: string): UserRecord {
    const user = this.store.get("users", hex(ascii(name)));
    if (user === undefined) throw new Error(`no ${name}`);
    return user;
  }

  minutes(count: number): void {
    this.time += count * 60_000;
  }

  browser(source = "192.0.2.1"): TestBrowser {
    return new TestBrowser(this, source);
  }
}

/** A browser at an address: it keeps what it is told to, as a cookie does. */
export class TestBrowser {
  readonly #page: AccountPage;
  readonly source: string;
  marks: readonly Uint8Array[] = [];
  token: Uint8Array | undefined;

  constructor(page: AccountPage, source: string) {
    this.#page = page;
    this.source = source;
  }

  async send(octets: Uint8Array): Promise<Uint8Array> {
    const origin = { id: ascii(`page ${this.source}`), source: this.source, token: this.token };
    const { answer, marks } = await this.#page.server.handle(octets, { ...origin, marks: this.marks });
    if (marks !== undefined) this.marks = marks;
    return answer;
  }

  /** What comes of a procedure, or the code of its error; `before` each request with the number that it has. */
  async run<T>(procedure: Procedure<T>, before?: (request: number) => Promise<void>): Promise<T | string> {
    let requests = 0;
    try {
      for (let step: Step<T> = procedure.start(); ; ) {
        if (step.kind === "done") return step.outcome;
        if (step.kind === "derive") {
          step = procedure.derived(step.derivation.step(1 << 24) ?? new Uint8Array(0));
          continue;
        }
        await before?.(++requests);
        step = procedure.receive(await this.send(step.octets));
      }
    } catch (error) {
      if (error instanceof ProcedureError) return error.code;
      throw error;
    } finally {
      procedure.dispose();
    }
  }

  /** "in", or the code of the error. */
  async signIn(user: string, typed = password, before?: (request: number) => Promise<void>): Promise<string> {
    const came = await this.run(this.#proof("sign in", user, typed), before);
    if (!(came instanceof Uint8Array)) return came ?? "nothing";
    this.token = came;
    return "in";
  }

  async delete(user: string, typed = password): Promise<string> {
    return (await this.run(this.#proof("delete", user, typed)))?.toString() ?? "deleted";
  }

  #proof(purpose: AccountPurpose, user: string, typed: string): AccountProof {
    const who = { userID: ascii(user), password: ascii(typed) };
    return new AccountProof({ suite: nodeSuite, purpose, serverID, ...who });
  }

  /** "changed", "sent", or the code of the error. */
  changePassword(user: string, oldPassword: string | undefined, fresh = newPassword): Promise<string> {
    const registration = new Registration(
      {
        ...{ suite: nodeSuite, random: nodeRandom, gatewayID: ascii(`page ${this.source}`), serverID },
        ...{ userID: ascii(user), password: ascii(fresh) },
        oldPassword: oldPassword === undefined ? undefined : ascii(oldPassword),
      },
      1,
    );
    return this.run(registration);
  }

  async signOut(everywhere: boolean): Promise<void> {
    await this.send(encodeMessage(accountSignOutRequest, 1, { everywhere }));
    this.token = undefined;
  }

  /** So many wrong passwords. */
  async guess(user: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.signIn(user, `a wrong one, ${i}`);
  }
}
