import { parseRecord } from "../link/record.js";
import { UserAdministration } from "../protocols/registration/admin.js";
import { type ImportedDevice, importDevices } from "./devices.js";
import { Handlers, Undone } from "./handlers.js";
import type { ServerEntityPorts } from "./ports.js";
import { GatewaySessions } from "./sessions.js";

/**
 * The CPNS Server: one request in, one answer out, nothing kept between them but in its database. Wires the
 * procedures to the ports and owns no detail of theirs.
 */
export class Server {
  readonly #ports: ServerEntityPorts;
  readonly #handlers: Handlers;
  readonly #sessions: GatewaySessions;
  readonly #users: UserAdministration;

  constructor(ports: ServerEntityPorts) {
    this.#ports = ports;
    this.#handlers = new Handlers(ports);
    this.#sessions = new GatewaySessions(ports);
    this.#users = new UserAdministration(ports);
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
}
