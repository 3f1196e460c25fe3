/** Of the line through points by least squares. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return over / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

/** What is left of a heap from one link to the next. */
export class HeapWatch {
  readonly #points: [number, number][] = [];
  readonly #since = performance.now();
  #links = 0;
  #lowest = Number.POSITIVE_INFINITY;

  /** After so many links: `lowest` is the fewest octets that ever were free. */
  saw(links: number, { free, lowest }: { readonly free: number; readonly lowest: number }): void {
    this.#points.push([links, free]);
    this.#links = links;
    this.#lowest = lowest;
  }

  /** Octets that each link has taken. */
  get taken(): number {
    return this.#points.length < 2 ? 0 : -slope(this.#points);
  }

  get said(): string {
    const rate = (1_000 * this.#links) / (performance.now() - this.#since);
    const least = Math.min(...this.#points.map(([, octets]) => octets));
    return `${this.#links} links, ${rate.toFixed(1)} a second; between them ${least} octets free at the least, ${this.#lowest} ever; ${this.taken.toFixed(3)} less each`;
  }
}
