/** Letter picker for three buttons: left and right move along a strip, the middle one takes the letter. */
const strips: readonly string[] = Object.freeze([
  "abcdefghijklmnopqrstuvwxyz",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "0123456789",
  ".,-_@!?/:;*+#=%&$'\"()<>[]{}|\\^~` ",
]);

export class Picker {
  #strip = 0;
  #index = 0;

  get letter(): string {
    return (strips[this.#strip] as string).charAt(this.#index);
  }

  get code(): number {
    return this.letter.charCodeAt(0);
  }

  move(by: 1 | -1): void {
    const { length } = strips[this.#strip] as string;
    this.#index = (this.#index + by + length) % length;
  }

  nextStrip(): void {
    this.#strip = (this.#strip + 1) % strips.length;
    this.#index = 0;
  }

  /** The letters around the chosen one, which stands in the middle, for the screen. */
  window(width: number): string {
    const strip = strips[this.#strip] as string;
    const half = width >> 1;
    let out = "";
    for (let i = -half; i <= half; i++)
      out += strip.charAt((this.#index + i + 2 * strip.length) % strip.length);
    return out;
  }
}
