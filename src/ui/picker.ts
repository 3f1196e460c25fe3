/**
 * Letters by three buttons: each press takes one of three groups, which parts into three again, until a letter is left.
 * A letter of 26 takes three presses, wherever it stands and wherever the last one stood.
 */

/** What stands beside the letters, so that nobody has to know what a held button does. */
export type Control = "delete" | "done" | "show" | "case" | "space";

export type Picked = { readonly code: number } | { readonly does: Control };

/** Leads from the letters to the controls. */
export const more = "\u2026";

const sets: readonly string[] = Object.freeze([
  `abcdefghijklmnopqrstuvwxyz${more}`,
  `ABCDEFGHIJKLMNOPQRSTUVWXYZ${more}`,
  `0123456789.,-_@!?/:;*+#=%&$'"()<>[]{}|\\^~\`${more}`,
]);

/** In two steps, the commoner ones first. */
const controls: readonly (readonly (Control | "more")[])[] = Object.freeze([
  Object.freeze(["delete", "done", "more"] as const),
  Object.freeze(["show", "case", "space"] as const),
]);

/** A group to choose: its letters, or what it does. */
export type Group = { readonly letters: string } | { readonly does: Control | "more" } | undefined;

export class Picker {
  #set = 0;
  /** The part of the set that is chosen so far; one after the last. */
  #from = 0;
  #to = (sets[0] as string).length;
  /** Which step of the controls is shown. */
  #controls: number | undefined;

  get #letters(): string {
    return sets[this.#set] as string;
  }

  /** The three groups, of the left, the middle and the right button. */
  get groups(): readonly Group[] {
    if (this.#controls !== undefined) {
      const choices = controls[this.#controls] ?? [];
      return [0, 1, 2].map((at) => choices[at] && { does: choices[at] });
    }
    return [0, 1, 2].map((at) => {
      const part = this.#part(at);
      const letters = this.#letters.slice(part[0], part[1]);
      if (letters === more) return { does: "more" };
      return letters === "" ? undefined : { letters };
    });
  }

  /** Where a third begins and ends; the first ones are the longer ones. */
  #part(at: number): readonly [from: number, to: number] {
    const whole = this.#to - this.#from;
    const first = Math.ceil(whole / 3);
    const second = Math.ceil((whole - first) / 2);
    const begins = [0, first, first + second, whole];
    return [this.#from + (begins[at] as number), this.#from + (begins[at + 1] as number)];
  }

  /** Takes the group of a button: 0 left, 1 middle, 2 right. The letter, or what to do, once there is one left. */
  choose(at: number): Picked | undefined {
    const group = this.groups[at];
    if (group === undefined) return undefined;
    if ("does" in group) return this.#control(group.does);
    if (group.letters.length === 1) {
      this.#begin();
      return { code: group.letters.charCodeAt(0) };
    }
    [this.#from, this.#to] = this.#part(at);
    return undefined;
  }

  #control(does: Control | "more"): Picked | undefined {
    if (does === "more") {
      this.#controls = this.#controls === undefined ? 0 : 1;
      return undefined;
    }
    this.#begin();
    if (does === "space") return { code: 0x20 };
    if (does === "case") this.nextSet();
    return { does };
  }

  /** True when a group was left again; false at the beginning. */
  back(): boolean {
    const inside = this.#controls !== undefined || this.#to - this.#from < this.#letters.length;
    this.#begin();
    return inside;
  }

  /** Small letters, capitals, digits and signs; what is chosen stays for the letters that follow. */
  nextSet(): void {
    this.#set = (this.#set + 1) % sets.length;
    this.#begin();
  }

  #begin(): void {
    this.#from = 0;
    this.#to = this.#letters.length;
    this.#controls = undefined;
  }
}
