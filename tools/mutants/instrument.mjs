// Puts every mutant of a source into it, each behind a switch, so that one build serves them all: `a < b` becomes
// `(globalThis.mutant(7) ? (a <= b) : (a < b))`. What is mutated: conditions, comparisons, arithmetic, literals, calls
// made for their effect, and the bodies of functions.
import { parse } from "@swc/core";

const operators = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&": "|",
  "|": "&",
  "^": "&",
  "<<": ">>",
  ">>": "<<",
  ">>>": "<<",
  "&&": "||",
  "||": "&&",
  "??": "&&",
};

const functions = new Set([
  "ArrowFunctionExpression",
  "ClassMethod",
  "FunctionDeclaration",
  "FunctionExpression",
  "MethodProperty",
  "PrivateMethod",
]);
/** What a log says is for people, and no test's business. */
const logging = /^(?:this\.)?(?:(?:#?ports|tables)\.)?#?log\??\./;
/** From which argument on a call says to engineers what was unexpected; its code is the same whatever stands there. */
const explaining = { unexpected: 0, readAnswer: 2 };

/** The mutants of a source, { start, end, kind, text } with offsets in octets; `text` stands in the place of what is there. */
class Finder {
  found = [];
  #octets;

  constructor(octets) {
    this.#octets = octets;
  }

  #text(node) {
    return this.#octets.subarray(node.span.start - 1, node.span.end - 1).toString("utf8");
  }

  #add(node, kind, text) {
    this.found.push({ start: node.span.start - 1, end: node.span.end - 1, kind, text });
  }

  visit(node) {
    if (Array.isArray(node)) {
      for (const one of node) this.visit(one);
      return;
    }
    if (node === null || typeof node !== "object") return;
    if (typeof node.type === "string" && !this.#enter(node)) return;
    for (const [name, value] of Object.entries(node)) {
      if (name !== "span" && name !== "typeAnnotation" && name !== "returnType") this.visit(value);
    }
  }

  /** Whether to look into the node, too. */
  #enter(node) {
    const { type } = node;
    if (/^(?:Import|Export(?:All|Named))/.test(type)) return false;
    if (type.startsWith("Ts")) {
      if (node.expression !== undefined && /^Ts(?:As|ConstAssertion|Satisfies|NonNull)/.test(type))
        this.visit(node.expression);
      return false;
    }
    if (functions.has(type)) this.#body(node);
    if (type === "NewExpression" && /Error$/.test(this.#text(node.callee))) {
      // The code is a promise; what follows it is for engineers.
      this.visit(node.arguments?.[0] ?? null);
      return false;
    }
    if (type === "CallExpression") {
      if (logging.test(this.#text(node.callee))) return false;
      const { [this.#text(node.callee)]: said = node.arguments.length } = explaining;
      this.visit(node.callee);
      for (const [at, argument] of node.arguments.entries())
        if (at < said || argument.expression.type !== "StringLiteral") this.visit(argument);
      return false;
    }
    this[`on${type}`]?.(node);
    if (type === "AssignmentExpression") {
      this.visit(node.right);
      return false;
    }
    if (type === "KeyValueProperty") {
      this.visit(node.value);
      return false;
    }
    return true;
  }

  #body(node) {
    const body = node.function?.body ?? node.body;
    if (!/^(?:Block|Function)/.test(body?.type) || body.stmts.length === 0) return;
    this.#add(body, "body", "return;");
  }

  #condition(test) {
    if (test === null || test === undefined || test.type === "BooleanLiteral") return;
    this.#add(test, "expression", "true");
    this.#add(test, "expression", "false");
  }

  onIfStatement({ test }) {
    this.#condition(test);
  }

  onConditionalExpression({ test }) {
    this.#condition(test);
  }

  onWhileStatement({ test }) {
    if (test.type !== "BooleanLiteral") this.#add(test, "expression", "false");
  }

  onForStatement({ test }) {
    if (test) this.#add(test, "expression", "false");
  }

  onBinaryExpression(node) {
    const other = operators[node.operator];
    if (other === undefined) return;
    this.#add(node, "expression", `(${this.#text(node.left)}) ${other} (${this.#text(node.right)})`);
  }

  onUnaryExpression(node) {
    if (node.operator === "!" || node.operator === "-")
      this.#add(node, "expression", this.#text(node.argument));
  }

  onUpdateExpression(node) {
    const swapped = node.operator === "++" ? "--" : "++";
    const argument = this.#text(node.argument);
    this.#add(node, "expression", node.prefix ? `${swapped}${argument}` : `${argument}${swapped}`);
  }

  onBooleanLiteral(node) {
    this.#add(node, "expression", String(!node.value));
  }

  onNumericLiteral(node) {
    this.#add(node, "expression", String(node.value + 1));
  }

  onStringLiteral(node) {
    this.#add(node, "expression", node.value === "" ? '"mutant"' : '""');
  }

  onArrayExpression(node) {
    if (node.elements.length > 0) this.#add(node, "expression", "[]");
  }

  onExpressionStatement({ expression }) {
    const call = expression.type === "AwaitExpression" ? expression.argument : expression;
    const dropped = call.type === "CallExpression" && call.callee.type !== "Super";
    if (!dropped || logging.test(this.#text(call))) return;
    this.#add(expression, "expression", "undefined");
  }

  onAssignmentExpression(node) {
    const compound = { "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=", "^=": "|=" }[node.operator];
    if (compound === undefined) return;
    this.#add(node, "expression", `${this.#text(node.left)} ${compound} ${this.#text(node.right)}`);
  }
}

function place(octets, offset) {
  const before = octets.subarray(0, offset).toString("utf8").split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** { code, mutants }: the source with all its mutants, numbered from `first`, and what each changes. */
export async function instrument(source, first) {
  const octets = Buffer.from(source, "utf8");
  const finder = new Finder(octets);
  finder.visit((await parse(source, { syntax: "typescript", target: "es2022" })).body);
  const all = finder.found
    .sort((one, other) => one.start - other.start || other.end - one.end)
    .map((one, index) => ({ ...one, id: first + index }));
  const render = (start, end, inside) => {
    let code = "";
    let at = start;
    for (let i = 0; i < inside.length; ) {
      const outer = inside[i];
      const same = inside.filter((one) => one.start === outer.start && one.end === outer.end);
      const within = inside.filter(
        (one) => one.start >= outer.start && one.end <= outer.end && !same.includes(one),
      );
      code += octets.subarray(at, outer.start).toString("utf8");
      code += wrap(same, render(outer.start, outer.end, within));
      at = outer.end;
      i = inside.findIndex((one) => one.start >= outer.end);
      if (i < 0) break;
    }
    return code + octets.subarray(at, end).toString("utf8");
  };
  const text = ({ start, end }) => octets.subarray(start, end).toString("utf8");
  const mutants = all.map((one) => ({
    ...{ id: one.id, start: one.start, end: one.end, ...place(octets, one.start) },
    ...{ before: one.kind === "body" ? "{ … }" : text(one), after: one.kind === "body" ? "{}" : one.text },
  }));
  return { code: render(0, octets.length, all), mutants };
}

function wrap(mutants, inner) {
  const [{ kind }] = mutants;
  if (kind === "body") {
    const exits = mutants.map(({ id, text }) => `if (globalThis.mutant(${id})) ${text}`).join(" ");
    return `{ ${exits} ${inner.slice(1)}`;
  }
  return `(${mutants.map(({ id, text }) => `globalThis.mutant(${id}) ? (${text}) : `).join("")}(${inner}))`;
}
