import { Milliseconds } from "../base/units.js";
import { Result } from "../codec/results.js";
import { wantRenewal } from "../database/renewal.js";
import { parseRecord } from "../link/record.js";
import { dataFor } from "../protocols/data/push.js";
import { UserAdministration } from "../protocols/registration/admin.js";
import type { Topic } from "../protocols/topics/contents.js";
import type { Value } from "../protocols/topics/message.js";
import { type ImportedDevice, importDevices } from "./devices.js";
import { Handlers, Undone } from "./handlers.js";
import type { ServerEntityPorts } from "./ports.js";
import { Pushes } from "./pushes.js";
import { type Answered, GatewaySessions } from "./sessions.js";
import { messageFor, topicsOf } from "./topics.js";

/** For a PN GW to fetch what it is told, and for its device to have it. */
const pushPatience = Milliseconds(20_000);

/**
 * The CPNS Server: one request in, one answer out, nothing kept between them but in its database. Wires the
 * procedures to the ports and owns no detail of theirs.
 */
export class Server {
  readonly #ports: ServerEntityPorts;
  readonly #handlers: Handlers;
  readonly #sessions: GatewaySessions;
  readonly #users: UserAdministration;
  readonly #pushes: Pushes;

  constructor(ports: ServerEntityPorts) {
    this.#pushes = new Pushes(ports);
    this.#ports = { ...ports, store: this.#pushes.watching(ports.store) };
    this.#handlers = new Handlers(this.#ports, this.#pushes);
    this.#sessions = new GatewaySessions(this.#ports);
    this.#users = new UserAdministration(this.#ports);
  }

  /**
   * Registers a User by the Server's own interface (REG-03, REG-12). The password is the caller's. Throws
   * CredentialError, and CpnsError("user.known") when the name is taken.
   */
  registerUser(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.#users.register(userID, password);
  }

  /** For a User who has forgotten the old one; EUKeys stay. Throws CredentialError, CpnsError("user.unknown"). */
  changePassword(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.#users.changePassword(userID, password);
  }

  /** Removes a User with all devices: their keys and sessions end. Throws CpnsError("user.unknown"). */
  removeUser(userID: Uint8Array): Promise<void> {
    return this.#users.remove(userID);
  }

  /** Makes a device nobody's, so that another User may have it (C-12). Throws CpnsError("device.unknown"). */
  releaseDevice(entityID: Uint8Array): Promise<void> {
    return this.#users.releaseDevice(entityID);
  }

  /** What the factory has made (SEC-06), all of it or nothing: returns how many were new. Throws as `importDevices`. */
  importDevices(devices: readonly ImportedDevice[]): Promise<number> {
    return importDevices(this.#ports.store, devices);
  }

  /**
   * Answers one request, whatever the octets. Rejects with DatabaseError only: then nothing was done, and the same may be
   * sent again. `source` is where the request came from, as the host counts addresses: in the clear each has its share.
   */
  async handle(request: Uint8Array, source?: string): Promise<Uint8Array> {
    const answered = await this.begin(request, source);
    return answered instanceof Uint8Array ? answered : answered.held;
  }

  /** The same, for who must not wait for an answer that is held: a poll of a PN GW for which nothing waits. */
  async begin(request: Uint8Array, source?: string): Promise<Answered> {
    const record = parseRecord(request);
    if (record?.sid === undefined) return this.#handlers.plain(request, source);
    const { sid } = record;
    try {
      return await this.#sessions.answer({ ...record, sid }, (tables, gateway, plaintext) =>
        this.#handlers.inSession(tables, gateway, plaintext),
      );
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
      return this.#sessions.answer({ ...record, sid }, async () => error.answer);
    }
  }

  /**
   * Tells a PNE something, 1 to 1024 octets, by a poll of the PN GW of its PN. Resolves with ok once its display has it;
   * noRoute when it is in no PN, or out of reach, or nobody has fetched it in `patience`; busy while another one is on its
   * way.
   */
  send(entityID: Uint8Array, data: Uint8Array, patience = pushPatience): Promise<Result> {
    return this.#pushes.tell((tables) => dataFor(this.#ports, tables, entityID, data), patience);
  }

  /** What a PNE offers and understands (C-30); undefined when it is in no PN. */
  topics(entityID: Uint8Array): Promise<readonly Topic[] | undefined> {
    return this.#ports.store.read((tables) => topicsOf(tables, entityID));
  }

  /**
   * A value of a topic that the PNE understands, end to end. Resolves with ok once its application has taken it; else as
   * `send`, or notListed. Rejects with TopicError("topic.unknown" | "topic.kind").
   */
  async sendTopic(
    entityID: Uint8Array,
    topic: string,
    value: Value,
    patience = pushPatience,
  ): Promise<Result> {
    const topics = await this.topics(entityID);
    if (topics === undefined) return Result.noRoute;
    return this.send(entityID, messageFor(topics, topic, value), patience);
  }

  /**
   * Has a PNE's EUKey assigned anew (S3 3e, C-38): the PN GW of its PN, or the one that it was enrolled at, tells the PNE
   * to ask. Resolves with ok once it was told; who was not reached is told when it is next in a PN.
   */
  reassign(entityID: Uint8Array, patience = pushPatience): Promise<Result> {
    return this.#pushes.tell((tables) => wantRenewal(tables, entityID), patience);
  }

  /** Lets go of what is held: the Server is about to stop. */
  stop(): void {
    this.#pushes.stop();
  }
}
