import { decodeUtf8 } from "../../codec/utf8.js";

/** Octets of a line; the longest that means something is a name of 32 octets with its command. */
const maximumLine = 80;

const backspace = 0x08;
const del = 0x7f;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const escapeSign = 0x1b;
const interrupt = 0x03;
const eraseLine = 0x15;

/** What came of one octet. */
export type Typed =
  /** To be sent back, so that the person sees it. */
  | { readonly is: "echo"; readonly octets: Uint8Array }
  | { readonly is: "line"; readonly text: string }
  /** The line is gone: by the person, because it was too long, or because it was not UTF-8. */
  | { readonly is: "dropped"; readonly why: "wanted" | "tooLong" | "notText" };

/**
 * Makes lines of what a terminal sends, one octet at a time: Backspace takes a character away, Ctrl-C and Ctrl-U the
 * line; arrows and other sequences of Escape are left out, as all control characters are. Never holds more than a line.
 */
export class LineEditor {
  readonly #line = new Uint8Array(maximumLine);
  #length = 0;
  #tooLong = false;
  /** Inside of a sequence that began with Escape. */
  #sequence: "begun" | "parameters" | undefined;
  #afterReturn = false;

  /** What has been typed of the line; of use until the next octet. */
  get typed(): Uint8Array {
    return this.#line.subarray(0, this.#length);
  }

  /** Forgets the line. */
  clear(): void {
    this.#length = 0;
    this.#tooLong = false;
    this.#sequence = undefined;
  }

  take(octet: number): Typed | undefined {
    const second = this.#afterReturn && octet === lineFeed;
    this.#afterReturn = octet === carriageReturn;
    if (second) return undefined;
    if (octet === lineFeed || octet === carriageReturn) return this.#end();
    if (octet === interrupt || octet === eraseLine) {
      this.clear();
      return { is: "dropped", why: "wanted" };
    }
    if (octet === escapeSign) {
      this.#sequence = "begun";
      return undefined;
    }
    if (this.#sequence !== undefined) return this.#inSequence(octet);
    if (octet === backspace || octet === del) return this.#takeBack();
    if (octet < 0x20) return undefined;
    return this.#add(octet);
  }

  /** Escape, "[" or "O", parameters, and a letter; or Escape and one character. */
  #inSequence(octet: number): undefined {
    const opens = this.#sequence === "begun" && (octet === 0x5b || octet === 0x4f);
    if (opens) this.#sequence = "parameters";
    else if (this.#sequence === "begun" || octet >= 0x40) this.#sequence = undefined;
    return undefined;
  }

  #add(octet: number): Typed | undefined {
    if (this.#length === maximumLine) {
      this.#tooLong = true;
      return undefined;
    }
    this.#line[this.#length++] = octet;
    return { is: "echo", octets: Uint8Array.of(octet) };
  }

  #takeBack(): Typed | undefined {
    if (this.#length === 0) return undefined;
    while (this.#length > 0 && ((this.#line[--this.#length] as number) & 0xc0) === 0x80);
    return { is: "echo", octets: Uint8Array.of(backspace, 0x20, backspace) };
  }

  #end(): Typed {
    const { typed } = this;
    const tooLong = this.#tooLong;
    this.clear();
    if (tooLong) return { is: "dropped", why: "tooLong" };
    try {
      return { is: "line", text: decodeUtf8(typed) };
    } catch {
      return { is: "dropped", why: "notText" };
    }
  }
}
