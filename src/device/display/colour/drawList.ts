import { type Area, type Color, colors, type Font, fonts, type Icon, icons } from "./items.js";

/** What an item of the list is. */
export const Kind = Object.freeze({ rect: 0, round: 1, text: 2, icon: 3 });
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Numbers of an item: kind, colour, font or sign, x, y, w, h, and how many signs stand side by side. Two make a word. */
const stride = 8;
const [kindAt, colorAt, whatAt, xAt, yAt, wAt, hAt, countAt] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** Letters may reach this far beyond their own width. */
export const overhang = 2;
/** Items of most screens; a keyboard on the display takes more, and the list grows once. */
const usual = 36;

/**
 * What is to be drawn, in order. Two lists live as long as the display: in objects a screen would take a third of a
 * small device's slots, twice while it is compared with the one before.
 */
export class DrawList {
  #numbers = new Int16Array(stride * usual);
  /** The same, two numbers at a time: lists are compared often. */
  #words = new Int32Array(this.#numbers.buffer);
  readonly #texts: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
    // What was typed in clear must not outlive its screen here.
    this.#texts.length = 0;
  }

  /** `round`: its corners are, by 6 pixels. */
  rect(x: number, y: number, w: number, h: number, color: Color, round: boolean): void {
    const at = this.#begin(round ? Kind.round : Kind.rect, color);
    this.#place(at, x, y, w, h);
  }

  /** `x`, `y` is its left upper corner, `w` its measured width, `h` the height of its font. */
  text(text: string, x: number, y: number, w: number, h: number, font: Font, color: Color): void {
    const at = this.#begin(Kind.text, color);
    this.#numbers[at + whatAt] = fonts.indexOf(font);
    this.#texts[this.#length - 1] = text;
    this.#place(at, x, y, w, h);
  }

  /** `count` signs side by side, each `w / count` wide. */
  icon(icon: Icon, x: number, y: number, w: number, h: number, color: Color, count: number): void {
    const at = this.#begin(Kind.icon, color);
    this.#numbers[at + whatAt] = icons.indexOf(icon);
    this.#numbers[at + countAt] = count;
    this.#place(at, x, y, w, h);
  }

  /** In small steps, as the stack of a device is small. Returns where the item's numbers begin. */
  #begin(kind: Kind, color: Color): number {
    const at = stride * this.#length;
    if (at === this.#numbers.length) this.#grow();
    const numbers = this.#numbers;
    numbers[at + kindAt] = kind;
    numbers[at + colorAt] = colors.indexOf(color);
    numbers[at + whatAt] = 0;
    numbers[at + countAt] = 1;
    this.#texts[this.#length++] = "";
    return at;
  }

  #place(at: number, x: number, y: number, w: number, h: number): void {
    const numbers = this.#numbers;
    numbers[at + xAt] = x;
    numbers[at + yAt] = y;
    numbers[at + wAt] = w;
    numbers[at + hAt] = h;
  }

  #grow(): void {
    const numbers = new Int16Array(2 * this.#numbers.length);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#words = new Int32Array(numbers.buffer);
  }

  #number(index: number, which: number): number {
    return this.#numbers[stride * index + which] as number;
  }

  kind(index: number): Kind {
    return this.#number(index, kindAt) as Kind;
  }

  /** Index of the colour in `colors`. */
  color(index: number): number {
    return this.#number(index, colorAt);
  }

  /** Index of the font in `fonts`, of the sign in `icons`. */
  what(index: number): number {
    return this.#number(index, whatAt);
  }

  count(index: number): number {
    return this.#number(index, countAt);
  }

  textOf(index: number): string {
    return this.#texts[index] ?? "";
  }

  x(index: number): number {
    return this.#number(index, xAt);
  }

  y(index: number): number {
    return this.#number(index, yAt);
  }

  w(index: number): number {
    return this.#number(index, wAt);
  }

  h(index: number): number {
    return this.#number(index, hAt);
  }

  /** What the pixels of an item may touch. */
  outline(index: number): Area {
    const beyond = this.kind(index) === Kind.text ? overhang : 0;
    return { x: this.x(index) - beyond, y: this.y(index), w: this.w(index) + 2 * beyond, h: this.h(index) };
  }

  /** True when a pixel of the item may lie in the area. */
  meets(index: number, { x, y, w, h }: Area): boolean {
    const numbers = this.#numbers;
    const at = stride * index;
    const top = numbers[at + yAt] as number;
    if (top >= y + h || top + (numbers[at + hAt] as number) <= y) return false;
    const left = numbers[at + xAt] as number;
    return left - overhang < x + w && left + (numbers[at + wAt] as number) + overhang > x;
  }

  /** True when the two items are drawn the same. */
  same(index: number, other: DrawList, at: number): boolean {
    const mine = this.#words;
    const theirs = other.#words;
    const i = index << 2;
    const j = at << 2;
    if (mine[i + 1] !== theirs[j + 1] || mine[i + 2] !== theirs[j + 2] || mine[i] !== theirs[j]) return false;
    return mine[i + 3] === theirs[j + 3] && this.#texts[index] === other.#texts[at];
  }

  /** True when they begin at the same place and look the same but for what they say and how far they reach. */
  alike(index: number, other: DrawList, at: number): boolean {
    const mine = this.#words;
    const theirs = other.#words;
    const i = index << 2;
    const j = at << 2;
    if (mine[i] !== theirs[j] || mine[i + 1] !== theirs[j + 1] || this.y(index) !== other.y(at)) return false;
    return this.h(index) === other.h(at);
  }
}
