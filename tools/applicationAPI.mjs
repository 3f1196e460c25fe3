// `npm run format` writes docs/APPLICATION-API.md from the declarations of the application interface; `npm run check` holds it.
import { readFileSync, writeFileSync } from "node:fs";

const page = "docs/APPLICATION-API.md";
/** In the order in which an application meets them. */
const declared = [
  ["src/device/application/application.ts", ["Application", "Context", "Handlers", "PageKey"]],
  [
    "src/device/application/application.ts",
    ["SendOptions", "Sent", "Addressee", "NetworkState", "Neighbour"],
  ],
  ["src/device/application/application.ts", ["Settings", "ApplicationError"]],
  ["src/protocols/topics/contents.ts", ["Topic"]],
  ["src/protocols/topics/message.ts", ["Value"]],
  ["src/pne/ports.ts", ["Sender"]],
];

const head = `# The application interface

Generated from the declarations by \`npm run format\`; how it is used is in [APPLICATIONS.md](APPLICATIONS.md). An application imports them from \`src/device/application/application.ts\`.
`;

/** The words of a comment, on one line. */
const wordsOf = (comment = "") =>
  comment
    .replace(/^\s*(\/\*\*|\*\/|\*)|\*\/$/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
const cell = (text) => text.replaceAll("|", "\\|");

/** A comment before a declaration or a member, if any. */
const comment = String.raw`(?:(/\*\*(?:(?!\*/)[^])*\*/)\s*)?`;

/** The members of an interface as rows of a table: the sources are formatted, so that each ends with its line. */
function rowsOf(body) {
  const members = body.matchAll(new RegExp(`${comment}^ {2}(?! )((?:readonly )?\\w[^;]*);$`, "gm"));
  return [...members].map(([, about, member]) => {
    const signature = member.replace(/^readonly /, "").replace(/\s+/g, " ");
    return `| \`${cell(signature)}\` | ${cell(wordsOf(about))} |`;
  });
}

function described(text, name) {
  const start = `${comment}^export (?:interface|type|class) ${name}\\b`;
  const shape = new RegExp(`${start}(?: \\{\\n([^]*?)^\\}|([^]*?)(?:;|\\{\\})$)`, "m");
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [whole, about, body] = found;
  const lines = [`## ${name}`, "", ...(about === undefined ? [] : [wordsOf(about), ""])];
  if (body !== undefined) return [...lines, "| | |", "|---|---|", ...rowsOf(body), ""];
  const declaration = whole.slice(whole.indexOf("export ") + "export ".length).replace(/ \{\}$/, "");
  return [...lines, "```ts", declaration, "```", ""];
}

/** The page as it has to be. Throws for a declaration that is not there. */
export function applicationAPI(root) {
  const parts = declared.flatMap(([file, names]) =>
    names.flatMap((name) => {
      const found = described(readFileSync(`${root}/${file}`, "utf8"), name);
      if (found === undefined) throw new Error(`${file} declares no ${name}`);
      return found;
    }),
  );
  return `${head}\n${parts.join("\n").trimEnd()}\n`;
}

/** Writes the page; with `check` it only looks, and returns whether it is as it has to be. */
export function run(root, check) {
  const wanted = applicationAPI(root);
  const is = (() => {
    try {
      return readFileSync(`${root}/${page}`, "utf8");
    } catch {
      return "";
    }
  })();
  if (is === wanted) return true;
  if (!check) writeFileSync(`${root}/${page}`, wanted);
  return !check;
}
