/** What waits for its turn behind others of the same kind. */
interface Line {
  going: number;
  readonly waiting: (() => void)[];
}

/**
 * At most so many at once of each kind (of an address, of a connection); more of it wait, in their order, and nobody of
 * another kind waits for them. Kinds are remembered as long as there is something of them.
 */
export class Turns<Kind> {
  readonly #most: number;
  readonly #lines = new Map<Kind, Line>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Does it when its turn has come; its outcome. */
  async run<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(kind) ?? { going: 0, waiting: [] };
    this.#lines.set(kind, line);
    // Whoever goes next has its place already.
    if (line.going < this.#most) line.going++;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = line.waiting.shift();
      if (next !== undefined) next();
      else if (--line.going === 0) this.#lines.delete(kind);
    }
  }

  /** Kinds that are remembered. */
  get size(): number {
    return this.#lines.size;
  }
}
