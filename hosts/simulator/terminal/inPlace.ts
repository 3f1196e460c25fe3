/** Lines on a terminal, each time in the place of those before; what stood above them stays there. */
export class InPlace {
  readonly #columns: () => number;
  #before: readonly string[] = [];

  /** `columns` is asked each time: a terminal that is made narrower breaks the lines that are there. */
  constructor(columns: () => number) {
    this.#columns = columns;
  }

  /** What is written, a line's end after it, to show `lines`. */
  draw(lines: readonly string[]): string {
    const rows = this.#before.reduce((sum, line) => sum + this.#rows(line), 0);
    this.#before = lines;
    const back = rows === 0 ? "" : `\x1b[${rows}A\x1b[J`;
    return back + lines.join("\n");
  }

  #rows(line: string): number {
    return Math.max(1, Math.ceil([...line].length / this.#columns()));
  }
}
