import Resource from "Resource";
import Poco from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import { render } from "../../../../src/ui/render.js";
import type { Screen } from "../../../../src/ui/screen.js";

declare const screen: unknown;
const colors: Record<string, [number, number, number]> = {
  back: [255, 255, 255],
  ink: [20, 20, 20],
  faint: [120, 120, 120],
  bar: [30, 60, 120],
  accent: [0, 120, 200],
  good: [0, 140, 60],
  bad: [190, 30, 30],
  field: [250, 250, 250],
  onBar: [255, 255, 255],
  dim: [220, 220, 220],
};

export class PlainDisplay {
  readonly kind = "320x240" as const;
  #poco = new Poco(screen, { displayListLength: 8192 });
  #font = parseBMF(new Resource("OpenSans-Semibold-18.bf4"));
  show(s: Screen): void {
    const p = this.#poco;
    p.begin();
    for (const item of render(s)) {
      const [r, g, b] = colors[item.color] ?? [0, 0, 0];
      const color = p.makeColor(r, g, b);
      if (item.kind === "rect") p.fillRectangle(color, item.x, item.y, item.w, item.h);
      else {
        const w = p.getTextWidth(item.text, this.#font);
        p.drawText(
          item.text,
          this.#font,
          color,
          item.align === "center" ? item.x - (w >> 1) : item.align === "right" ? item.x - w : item.x,
          item.y - (this.#font.height >> 1),
        );
      }
    }
    p.end();
  }
}
