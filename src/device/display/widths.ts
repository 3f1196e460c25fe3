/**
 * Widths of the soft keys: equal, but a label that is wider takes room from the others as far as they have any to
 * spare, its neighbours first.
 */
export function widths(needs: readonly number[], total: number): number[] {
  const cell = total / needs.length;
  const out = needs.map(() => cell);
  needs.forEach((need, index) => {
    let missing = need - cell;
    const takeFrom = (other: number): void => {
      const spare = Math.min(missing, Math.max(0, (out[other] ?? 0) - (needs[other] ?? 0)));
      if (spare <= 0) return;
      out[other] = (out[other] as number) - spare;
      out[index] = (out[index] as number) + spare;
      missing -= spare;
    };
    for (let distance = 1; missing > 0 && distance < needs.length; distance++) {
      takeFrom(index - distance);
      takeFrom(index + distance);
    }
  });
  return out;
}
