/** Rows and columns of the keypad. */
export const side = 4;

/**
 * True when closed contacts can't be told from each other: without diodes, three keys on the corners of a rectangle
 * close the fourth one as well. Bit 4 × row + column is a key. Two rows that share two columns are such a rectangle.
 */
export function ambiguous(levels: number): boolean {
  for (let first = 0; first < side - 1; first++) {
    const row = (levels >> (side * first)) & 0xf;
    for (let second = first + 1; second < side; second++) {
      const both = row & (levels >> (side * second)) & 0xf;
      if ((both & (both - 1)) !== 0) return true;
    }
  }
  return false;
}

/**
 * What may be believed of a sample: while it is ambiguous no key is new. A key that is up in it is up, since current
 * that flows by itself only ever closes contacts.
 */
export const believed = (levels: number, down: number): number =>
  ambiguous(levels) ? levels & down : levels;
