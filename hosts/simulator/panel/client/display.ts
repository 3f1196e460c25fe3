import { type ColourPicture, monoPicture, type Picture } from "../../display/picture.js";
import type { SentPicture } from "../../display/sent.js";

/** A device's display: the pixels that its own drawing makes of the list that it drew. */
export class Display {
  readonly #canvas: HTMLCanvasElement;
  readonly #colour: ColourPicture;
  /** One canvas pixel for each of the display's. */
  readonly #pixels = document.createElement("canvas");
  #shown: SentPicture | undefined;

  constructor(canvas: HTMLCanvasElement, colour: ColourPicture) {
    this.#canvas = canvas;
    this.#colour = colour;
    new ResizeObserver(() => this.#scale()).observe(canvas);
  }

  /** Nothing: the display is dark. */
  show(picture: SentPicture | undefined): void {
    this.#shown = picture;
    this.#canvas.classList.toggle("dark", picture === undefined);
    this.#canvas.classList.toggle("dimmed", picture?.light === "dim");
    this.#canvas.classList.toggle("asleep", picture?.light === "dark");
    if (picture === undefined) return;
    this.#canvas.classList.toggle("mono", picture.kind === "128x64");
    this.#canvas.classList.toggle("wide", picture.kind === "240x135");
    this.#paint(picture.kind === "128x64" ? monoPicture(picture) : this.#colour.rgba(picture));
    this.#scale();
  }

  #paint({ width, height, rgba }: Picture): void {
    this.#pixels.width = width;
    this.#pixels.height = height;
    this.#pixels.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }

  /** Each pixel a whole number of the screen's, as many as are needed; the browser makes it smaller from there. */
  #scale(): void {
    const { width, height } = this.#pixels;
    const canvas = this.#canvas;
    const wide = canvas.clientWidth * devicePixelRatio;
    if (this.#shown === undefined || wide === 0) return;
    const times = Math.max(1, Math.ceil(wide / width));
    canvas.width = width * times;
    canvas.height = height * times;
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#pixels, 0, 0, canvas.width, canvas.height);
  }

  /** Where a pointer is, in the display's own pixels. */
  pointOf(event: PointerEvent): { readonly x: number; readonly y: number } {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const within = (part: number, size: number): number =>
      Math.min(size - 1, Math.max(0, Math.floor(part * size)));
    return {
      x: within((event.clientX - left) / width, this.#pixels.width),
      y: within((event.clientY - top) / height, this.#pixels.height),
    };
  }
}
