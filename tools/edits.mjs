// Changes to the text of a module, at places that its syntax gives; lines stay where they are.
import { parseSync } from "@swc/core";

/** A statement of its own in front tells where swc begins to count: it goes on from the file before. */
const mark = "0;";

/** The syntax of a module, and where its places count from. */
export function parsed(code) {
  const module = parseSync(mark + code, { syntax: "ecmascript", target: "esnext" });
  return { module, start: module.body[0].span.start };
}

/** Where an identifier is a name and no value. */
export const names = new Set(["MemberExpression.property", "KeyValueProperty.key"]);

/** What runs when a module is loaded is not kept on a device: there, it stays as it is. */
export const functions = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassMethod",
  "ClassProperty",
  "GetterProperty",
  "PrivateProperty",
  "PrivateMethod",
  "Constructor",
  "MethodProperty",
]);

/** The nodes right below a node, each with the name of the field that it stands in. */
export function* children(node) {
  for (const [field, value] of Object.entries(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (child !== null && typeof child === "object") yield [field, child];
}

export class Edits {
  #made = [];
  #start;

  constructor(start) {
    this.#start = start;
  }

  replace(from, to, text) {
    this.#made.push({ from: from - this.#start, to: to - this.#start, text });
  }

  apply(code) {
    const octets = Buffer.from(mark + code);
    const parts = [];
    let at = 0;
    for (const { from, to, text } of this.#made.sort((a, b) => a.from - b.from || a.to - b.to)) {
      const lost = octets.subarray(from, to).toString("utf8").split("\n").length - 1;
      parts.push(octets.subarray(at, from), Buffer.from(text + "\n".repeat(lost)));
      at = to;
    }
    return Buffer.concat([...parts, octets.subarray(at)])
      .toString("utf8")
      .slice(mark.length);
  }
}
