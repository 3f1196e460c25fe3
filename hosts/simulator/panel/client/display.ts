import type { Color, DrawItem, Font } from "../../../../src/ui/render.js";

/** The device's display: a list of rectangles and texts for 320×240, drawn at the canvas's own resolution. */

const width = 320;
const height = 240;
/** Soft keys are named in the display's foot. */
const foot = 206;

const colors: Readonly<Record<Color, string>> = Object.freeze({
  back: "#f7f9fc",
  ink: "#17202c",
  faint: "#5a6678",
  bar: "#1b3a6b",
  accent: "#1d5fd1",
  good: "#14753c",
  bad: "#b3261e",
  field: "#ffffff",
  onBar: "#ffffff",
  dim: "#dde4ee",
});
const fonts: Readonly<Record<Font, string>> = Object.freeze({
  title: "600 17px system-ui, sans-serif",
  body: "15px system-ui, sans-serif",
  small: "12.5px system-ui, sans-serif",
  field: "18px ui-monospace, monospace",
});

/** Draws each list that comes, and the last one again when the size or the resolution changes. */
export class Display {
  readonly #canvas: HTMLCanvasElement;
  #items: readonly DrawItem[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  show(items: readonly DrawItem[]): void {
    this.#items = items;
    this.#draw();
  }

  #draw(): void {
    const canvas = this.#canvas;
    const context = canvas.getContext("2d");
    const scale = (canvas.clientWidth / width) * devicePixelRatio;
    if (context === null || scale === 0) return;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.textBaseline = "middle";
    for (const item of this.#items) drawItem(context, item);
  }
}

function drawItem(context: CanvasRenderingContext2D, item: DrawItem): void {
  context.fillStyle = colors[item.color];
  if (item.kind === "rect") {
    context.beginPath();
    context.roundRect(item.x, item.y, item.w, item.h, item.radius ?? 0);
    context.fill();
    return;
  }
  context.font = fonts[item.font];
  context.textAlign = item.align;
  // Fonts differ from one computer to the next: a text is squeezed rather than cut at the edge.
  const room = { left: width - item.x, right: item.x, center: 2 * Math.min(item.x, width - item.x) };
  context.fillText(item.text, item.x, item.y, room[item.align] - 6);
}

/** The texts of a screen, from top to bottom. */
export const texts = (items: readonly DrawItem[]): string[] =>
  items.flatMap((item) => (item.kind === "text" ? [item.text] : []));

/** What the keys A to D do on this screen: "D" is "Enrol". */
export function softKeys(items: readonly DrawItem[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const item of items) {
    if (item.kind !== "text" || item.y < foot) continue;
    const [, key, label] = /^([A-D]) (.+)$/.exec(item.text) ?? [];
    if (key !== undefined && label !== undefined) labels.set(key, label);
  }
  return labels;
}
