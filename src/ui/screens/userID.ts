import { checkUserID, maximumUserID } from "../../crypto/password.js";
import type { Face } from "../page.js";
import { EntryPage } from "./entryPage.js";
import { PasswordPage } from "./password.js";

/** The User ID; the password comes above it, and stays typed while somebody comes back to correct this. */
export class UserIDPage extends EntryPage {
  readonly id = "userID";
  readonly #password: PasswordPage;

  constructor(face: Face) {
    super(face, { maximum: maximumUserID });
    this.#password = new PasswordPage(face, this.entry.buffer);
  }

  protected title({ strings }: Face): string {
    return strings.enrol;
  }

  protected label({ strings }: Face): string {
    return strings.userID;
  }

  protected done(typed: Uint8Array, face: Face): void {
    checkUserID(typed);
    face.open(this.#password);
  }

  get wiped(): boolean {
    return this.#password.entry.buffer.wiped;
  }

  forget(): boolean {
    return this.#password.wipe();
  }

  override dispose(): void {
    super.dispose();
    this.#password.wipe();
  }
}
