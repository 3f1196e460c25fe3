import { actionOf, type KeyPress } from "../keys.js";
import type { Face, Page } from "../page.js";
import type { Screen } from "../screen.js";

/** A row of a menu: what it says, and what happens when somebody takes it. */
export interface Row {
  /** Tells it from the others: the choice stays on it when rows come or go above. */
  readonly key: string;
  readonly label: string;
  choose(face: Face): void;
}

/** Rows to choose from. Three buttons have no key of their own that leads back: there it is the last row. */
export abstract class MenuPage implements Page {
  abstract readonly id: string;
  readonly holds = "choosing";
  #chosen: string | undefined;

  protected abstract rows(face: Face): readonly Row[];
  /** The page but for its menu and soft keys. */
  protected abstract head(face: Face): Screen;
  /** The first page has nothing beneath it. */
  protected readonly first: boolean = false;
  /** What stands in an empty menu. */
  protected none(_face: Face): string | undefined {
    return undefined;
  }
  /** What the key says that takes the row. */
  protected verb({ strings }: Face): string {
    return strings.keys.select;
  }

  #rows(face: Face): readonly Row[] {
    const rows = this.rows(face);
    if (this.first || face.keypad !== "buttons") return rows;
    return rows.concat({ key: "back", label: face.strings.keys.back, choose: () => face.back() });
  }

  #index(rows: readonly Row[]): number {
    return Math.max(
      0,
      rows.findIndex((row) => row.key === this.#chosen),
    );
  }

  draw(face: Face): Screen {
    const rows = this.#rows(face);
    const { keys } = face.strings;
    const selected = this.#index(rows);
    const none = this.none(face);
    const back = this.first ? "" : keys.back;
    const verb = rows.length === 0 ? "" : rows[selected]?.key === "back" ? keys.select : this.verb(face);
    const [up, down] = rows.length < 2 ? ["", ""] : [keys.up, keys.down];
    return {
      ...this.head(face),
      menu: { items: rows.map((row) => row.label), selected, ...(none !== undefined && { none }) },
      softKeys: face.keypad === "buttons" ? [up, verb, down] : [up, down, back, verb],
    };
  }

  press(press: KeyPress, face: Face): void {
    const action = actionOf(press);
    if (action === undefined) return;
    if (action === "back") {
      face.back();
      return;
    }
    const rows = this.#rows(face);
    const at = this.#index(rows);
    if (action === "select") {
      rows[at]?.choose(face);
      return;
    }
    this.#chosen = rows[(at + (action === "up" ? -1 : 1) + rows.length) % rows.length]?.key;
    face.changed();
  }
}
