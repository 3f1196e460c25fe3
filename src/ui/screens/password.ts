import type { ErrorCode } from "../../base/errorCodes.js";
import { checkPassword, maximumPassword } from "../../crypto/password.js";
import { asciiText } from "../../pne/text.js";
import type { Face } from "../page.js";
import type { TextBuffer } from "../textBuffer.js";
import { EntryPage } from "./entryPage.js";

/**
 * The password, with the User ID in sight. It stays typed until it has been accepted, or nobody has pressed a key for a
 * minute: a failure costs nobody his typing. It is the User ID's page that wipes it, which is beneath.
 */
export class PasswordPage extends EntryPage {
  readonly id = "password";
  readonly #userID: TextBuffer;
  #forgotten = false;

  constructor(face: Face, userID: TextBuffer) {
    super(face, { maximum: maximumPassword, masked: true });
    this.#userID = userID;
  }

  protected title({ strings }: Face): string {
    return strings.enrol;
  }

  protected label({ strings }: Face): string {
    return strings.password;
  }

  protected override help({ strings }: Face): readonly string[] {
    if (this.#forgotten && this.entry.buffer.length === 0) return [strings.forgotten];
    const userID = this.#userID.copy();
    return [`${strings.userID}: ${asciiText(userID)}`];
  }

  protected done(typed: Uint8Array, face: Face): void {
    checkPassword(typed);
    this.#forgotten = false;
    face.want(() => {
      const password = this.entry.buffer.copy();
      if (password.length === 0) return undefined;
      return { kind: "enrol", userID: this.#userID.copy(), password };
    });
  }

  failed(code: ErrorCode): void {
    if (code === "result.refused") this.entry.offer();
  }

  /** True when there was something to wipe. */
  wipe(): boolean {
    const any = this.entry.forget();
    this.#forgotten ||= any;
    return any;
  }

  /** Stays for who comes back to it. */
  override dispose(): void {
    this.entry.cover();
  }
}
