// Draws src/device/display/colour/assets/icons.png: the signs of the device's colour display, each from a few shapes, where
// atlas.ts has them. `node tools/device/icons.mjs` after a build; the file is then the same to the octet.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { png } from "./png.mjs";

const { atlas, atlasHeight, atlasWidth } = await import(
  join(root, "build/src/device/display/colour/atlas.js")
);

// Shapes say whether a point is in them; coordinates are in pixels of the sign.
const disc = (cx, cy, r) => (x, y) => (x - cx) ** 2 + (y - cy) ** 2 <= r * r;
const ring = (cx, cy, r, t) => (x, y) => Math.abs(Math.hypot(x - cx, y - cy) - r) <= t / 2;
const box = (x0, y0, x1, y1) => (x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
const stroke =
  (t, ...points) =>
  (x, y) => {
    for (let i = 0; i + 3 < points.length; i += 2) {
      const [ax, ay, bx, by] = points.slice(i, i + 4);
      const [dx, dy] = [bx - ax, by - ay];
      const at = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
      if (Math.hypot(x - ax - at * dx, y - ay - at * dy) <= t / 2) return true;
    }
    return false;
  };
const any =
  (...shapes) =>
  (x, y) =>
    shapes.some((shape) => shape(x, y));
const both = (a, b) => (x, y) => a(x, y) && b(x, y);
const without = (a, b) => (x, y) => a(x, y) && !b(x, y);
/** Inside a convex polygon, its corners clockwise, grown by `r` so that they are round. */
const polygon =
  (r, ...p) =>
  (x, y) => {
    let inside = true;
    for (let i = 0; i < p.length; i += 2) {
      const [ax, ay] = [p[i], p[i + 1]];
      const [bx, by] = [p[(i + 2) % p.length], p[(i + 3) % p.length]];
      if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0) inside = false;
    }
    return inside || stroke(2 * r, ...p, p[0], p[1])(x, y);
  };

const above = (x, y) => y <= 15 - Math.abs(x - 10);
const waves = any(disc(10, 15, 2), both(any(ring(10, 15, 6, 2), ring(10, 15, 11, 2)), above));
const arrow = (t, up) =>
  up ? stroke(t, 10, 16, 10, 5, 5, 10, 10, 5, 15, 10) : stroke(t, 10, 4, 10, 15, 5, 10, 10, 15, 15, 10);
const shiftOutline = [10, 3.5, 17, 10.5, 13, 10.5, 13, 16.5, 7, 16.5, 7, 10.5, 3, 10.5, 10, 3.5];

const shapes = {
  key: any(
    without(disc(6.5, 10, 4.5), disc(6, 10, 1.7)),
    box(10, 8.8, 18.5, 11.2),
    box(14, 11, 16, 14),
    box(16.8, 11, 18.5, 13.2),
  ),
  linkNone: any(without(waves, stroke(4.6, 4, 17, 16, 3)), stroke(1.8, 4, 17, 16, 3)),
  linkOpen: waves,
  linkSecure: any(
    polygon(1.5, 5.5, 10, 14.5, 10, 14.5, 16, 5.5, 16),
    both(ring(10, 7.2, 3.6, 1.9), box(0, 0, 20, 7.2)),
    box(5.45, 7.2, 7.35, 9.5),
    box(12.65, 7.2, 14.55, 9.5),
  ),
  linkAway: any(ring(10, 10, 7.2, 1.9), stroke(1.9, 10, 5.8, 10, 10.4, 13, 12)),
  next: stroke(2.2, 7.5, 4.5, 13, 10, 7.5, 15.5),
  up: arrow(2, true),
  down: arrow(2, false),
  enter: stroke(2, 16, 4.5, 16, 11, 4.5, 11, 8.5, 7, 4.5, 11, 8.5, 15),
  escape: any(stroke(2, 5.5, 5.5, 14.5, 14.5), stroke(2, 14.5, 5.5, 5.5, 14.5)),
  backspace: any(
    stroke(1.7, 7, 4.5, 17.5, 4.5, 17.5, 15.5, 7, 15.5, 2, 10, 7, 4.5),
    stroke(1.7, 9.3, 7.5, 14.3, 12.5),
    stroke(1.7, 14.3, 7.5, 9.3, 12.5),
  ),
  tab: any(stroke(2, 3, 10, 14, 10, 10, 6, 14, 10, 10, 14), stroke(2, 17, 5, 17, 15)),
  shift: stroke(1.7, ...shiftOutline),
  shifted: any(polygon(0.85, 10, 3.5, 17, 10.5, 3, 10.5), box(6.2, 10, 13.8, 17.3)),
  space: stroke(2, 3.5, 9.5, 3.5, 14, 16.5, 14, 16.5, 9.5),
  disc: disc(6, 6, 6),
  check: without(disc(20, 20, 20), stroke(4, 11, 21, 17.5, 27.5, 29, 14)),
  warning: without(
    polygon(2.2, 14, 4, 25, 23.5, 3, 23.5),
    any(stroke(2.8, 14, 10.5, 14, 16.5), disc(14, 20.6, 1.7)),
  ),
  dot: disc(6, 6, 4),
};

const samples = 8;
const alpha = Buffer.alloc(atlasWidth * atlasHeight);
for (const [name, { x, y, w, h }] of Object.entries(atlas)) {
  for (let py = 0; py < h; py++) {
    for (let px = 0; px < w; px++) {
      let hits = 0;
      for (let i = 0; i < samples * samples; i++) {
        const sx = px + ((i % samples) + 0.5) / samples;
        const sy = py + (Math.floor(i / samples) + 0.5) / samples;
        if (shapes[name](sx, sy)) hits++;
      }
      alpha[(y + py) * atlasWidth + x + px] = Math.round((255 * hits) / (samples * samples));
    }
  }
}

// Black pixels with 8 bits of alpha.
const pixels = Buffer.alloc(4 * alpha.length);
for (const [index, value] of alpha.entries()) pixels[4 * index + 3] = value;
const image = png(atlasWidth, atlasHeight, "rgba", pixels);
writeFileSync(join(root, "src/device/display/colour/assets/icons.png"), image);
