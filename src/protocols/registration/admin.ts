import { CpnsError } from "../../base/errors.js";
import { hex, wipe } from "../../base/octets.js";
import { checkPassword, checkUserID } from "../../crypto/password.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { disown, release } from "../enrolment/ownership.js";
import { userRecord, userSalt, verifierIterations } from "../enrolment/verifiers.js";

/**
 * Users by the Server's own interface, outside CPNS: its page and its commands (REG-03, REG-12). Only verifiers are
 * kept; passwords are the caller's, who wipes them. EUKeys belong to devices, not to passwords: a new password leaves
 * them as they are, the removal of the User ends them.
 */
export class UserAdministration {
  readonly #ports: ServerPorts;

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** Throws CredentialError, and CpnsError("user.known") when the name is taken (REG-07). */
  register(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.#put(userID, password, false);
  }

  /** Throws CredentialError, and CpnsError("user.unknown"). */
  changePassword(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.#put(userID, password, true);
  }

  async #put(userID: Uint8Array, password: Uint8Array, expected: boolean): Promise<void> {
    const { suite, store, serverID, log } = this.#ports;
    checkUserID(userID);
    checkPassword(password);
    const salt = userSalt(this.#ports, userID);
    const derivation = suite.pbkdf2(password, salt, verifierIterations);
    const salted = derivation.step(verifierIterations);
    if (salted === undefined) throw new RangeError("derivation did not finish");
    const user = userRecord(suite, salted, salt, userID, serverID);
    wipe(salted);
    const name = hex(userID);
    await store.transaction(async ({ users }) => {
      const known = (await users.get(name)) !== undefined;
      if (known !== expected) throw new CpnsError(known ? "user.known" : "user.unknown");
      await users.put(name, user);
    });
    log.event(expected ? "register.changed" : "register.created", { user: name });
  }

  /** Forgets the User and every device of his: their EUKeys and sessions end. Throws CpnsError("user.unknown"). */
  async remove(userID: Uint8Array): Promise<void> {
    const { store, log } = this.#ports;
    const name = hex(userID);
    const devices = await store.transaction(async (tables) => {
      if ((await tables.users.get(name)) === undefined) throw new CpnsError("user.unknown");
      await tables.users.delete(name);
      return disown(tables, userID);
    });
    log.event("register.removed", { user: name, devices });
  }

  /** For a device that is passed on: its EUKey and sessions end. Throws CpnsError("device.unknown"). */
  async releaseDevice(entityID: Uint8Array): Promise<void> {
    const { store, log } = this.#ports;
    const owned = await store.transaction((tables) => release(tables, entityID));
    if (!owned) throw new CpnsError("device.unknown");
    log.event("device.released", { entity: hex(entityID) });
  }
}
