// How results are shown.

const shown = { proven: "proven", refuted: "refuted" };
const meaning = {
  proven: "",
  attacks: " (known, accepted)",
  reached: " (it can happen, as it should)",
  broken: "",
};

/** model, property or what was broken, tool, result, seconds. */
export function line({ model, variant, property, words, kind, verdict, good, seconds }) {
  const what = variant === undefined ? property : `${property} | ${variant}`;
  const result = shown[verdict] ?? verdict;
  const mark = good ? "  " : "✗ ";
  return `${mark}${model.name.padEnd(13)} ${what.padEnd(40)} ${model.tool.padEnd(9)} ${result.padEnd(8)} ${seconds.toFixed(1).padStart(6)}  ${words}${meaning[kind]}`;
}

/** The closing line. */
export function ran(rows, skipped) {
  const proven = rows.filter(({ kind, good }) => good && kind === "proven").length;
  const refuted = rows.filter(({ kind, good }) => good && kind === "broken").length;
  const bad = rows.filter(({ good }) => !good).length;
  const rest = skipped === 0 ? "" : `, ${skipped} models skipped`;
  return `formal: ${proven} properties proven, ${refuted} broken variants refuted, ${bad} not as expected${rest}`;
}
