import { checkUserID, maximumUserID } from "../../crypto/password.js";
import type { KeyPress } from "../keys.js";
import type { Face } from "../page.js";
import { EntryPage } from "./entryPage.js";
import { PasswordPage } from "./password.js";

/** The User ID; the password comes above it, and stays typed while somebody comes back to correct this. */
export class UserIDPage extends EntryPage {
  readonly id = "userID";
  readonly #password: PasswordPage;
  /** Enter was pressed before this page was there. */
  #done = false;

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

  /** A key that comes before this page does. Behind the User ID's Enter comes the password, which is shown to nobody. */
  ahead(press: KeyPress, { keypad }: Face): void {
    const { entry } = this.#done ? this.#password : this;
    if (entry.press(press, keypad) === "done") this.#done ||= this.entry.buffer.length > 0;
  }

  /** The page is there: on to where the person is already. */
  follow(face: Face): void {
    if (this.#done) this.submit(face);
    this.#done = false;
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
