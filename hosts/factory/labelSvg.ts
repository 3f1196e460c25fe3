import { darkRuns, fontSizeOf, type Label, layout, moduleSize } from "./label.js";

const escapes: Readonly<Record<string, string>> = Object.freeze({ "&": "&amp;", "<": "&lt;", ">": "&gt;" });

/** As drawing of its own, in millimetres. */
export function labelSvg(label: Label): string {
  const { width, height, left, top, textTop, lineHeight } = layout;
  const dark = [...darkRuns(label.modules)].map(([x, y, run]) => `M${x} ${y}h${run}v1h-${run}z`);
  const texts = label.lines.map((line, at) => {
    const text = line.replace(/[&<>]/g, (letter) => escapes[letter] ?? "");
    return `<text x="${width / 2}" y="${(textTop + at * lineHeight).toFixed(2)}" font-size="${fontSizeOf(line).toFixed(2)}">${text}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" fill="#fff"/>
<path transform="translate(${left} ${top}) scale(${moduleSize(label).toFixed(5)})" d="${dark.join("")}" shape-rendering="crispEdges"/>
<g font-family="Courier, monospace" text-anchor="middle">${texts.join("")}</g>
</svg>
`;
}
