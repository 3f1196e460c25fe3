import { CpnsError } from "../../base/errors.js";
import { hex, wipe } from "../../base/octets.js";
import { randomOctets } from "../../base/ports.js";
import { toSeconds } from "../../base/units.js";
import { checkNewPassword } from "../../crypto/newPassword.js";
import { checkUserID } from "../../crypto/password.js";
import { forgetBrowsers } from "../../database/browsers.js";
import { disown, release } from "../../database/ownership.js";
import type { StoredServerPorts } from "../../procedure/serverPorts.js";
import {
  userSalt,
  userVerifier,
  type Verifier,
  verifiable,
  verifierIterations,
} from "../enrolment/verifiers.js";

/**
 * Users by the Server's own interface, outside CPNS: its page and its commands (REG-03, REG-12). Only verifiers are
 * kept; passwords are the caller's, who wipes them. EUKeys belong to devices, not to passwords: a new password leaves
 * them as they are, the removal of the User ends them.
 */
export class UserAdministration {
  readonly #ports: StoredServerPorts;

  constructor(ports: StoredServerPorts) {
    this.#ports = ports;
  }

  /** Throws CredentialError, and CpnsError("user.known") when the name is taken (REG-07). */
  async register(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.put(userID, this.#verifier(userID, password), "new");
  }

  /** Throws CredentialError, and CpnsError("user.unknown"). */
  async changePassword(userID: Uint8Array, password: Uint8Array): Promise<void> {
    return this.put(userID, this.#verifier(userID, password), "known");
  }

  #verifier(userID: Uint8Array, password: Uint8Array): Verifier {
    const { suite, serverID } = this.#ports;
    checkUserID(userID);
    checkNewPassword(password, userID);
    const salt = userSalt(this.#ports, userID);
    const derivation = suite.pbkdf2(password, salt, verifierIterations);
    const salted = derivation.step(verifierIterations);
    if (salted === undefined) throw new RangeError("derivation did not finish");
    const verifier = userVerifier(suite, salted, salt, userID, serverID);
    wipe(salted);
    return verifier;
  }

  /**
   * What a page has made of a password, which never leaves it. Throws CredentialError, CpnsError("user.known" |
   * "user.unknown").
   */
  async put(userID: Uint8Array, verifier: Verifier, wanted: "new" | "known"): Promise<void> {
    const { suite, store, random, clock } = this.#ports;
    checkUserID(userID);
    const made = verifiable(suite, verifier);
    const name = hex(userID);
    const fresh = randomOctets(random, 16);
    await store.transaction(async (tables) => {
      const known = await tables.users.get(name);
      if (known !== undefined && wanted === "new") throw new CpnsError("user.known");
      if (known === undefined && wanted === "known") throw new CpnsError("user.unknown");
      const { identity, createdAt } = known ?? { identity: fresh, createdAt: toSeconds(clock.now()) };
      await tables.users.put(name, { identity, userID, createdAt, ...made });
      if (known !== undefined) await forgetBrowsers(tables, identity);
      await tables.note(known ? "register.changed" : "register.created", { user: name });
    });
  }

  /** Forgets the User and every device of his: their EUKeys and sessions end. Throws CpnsError("user.unknown"). */
  async remove(userID: Uint8Array): Promise<void> {
    const { store, clock } = this.#ports;
    const name = hex(userID);
    await store.transaction(async (tables) => {
      const user = await tables.users.get(name);
      if (user === undefined) throw new CpnsError("user.unknown");
      await tables.users.delete(name);
      const devices = await disown(tables, user.identity, clock.now());
      await tables.note("register.removed", { user: name, devices });
    });
  }

  /** For a device that is passed on: its EUKey and sessions end. Throws CpnsError("device.unknown"). */
  async releaseDevice(entityID: Uint8Array): Promise<void> {
    const { store, clock } = this.#ports;
    await store.transaction(async (tables) => {
      const entity = await release(tables, entityID, clock.now());
      if (entity === undefined) throw new CpnsError("device.unknown");
      await tables.note("device.released", { entity: hex(entityID), user: hex(entity.userID) });
    });
  }
}
