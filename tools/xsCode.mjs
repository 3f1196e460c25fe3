// Says in fewer of XS's byte codes what swc has said. Some things cost much more on XS than they look: `undefined` is
// looked up among the global names (6 octets, two byte codes) where `void 0` is a value (3 octets), a comparison with
// `null` takes 2 octets less than one with that, and `return;` 2 less than what returns it; a destructured object, also
// as a parameter, takes 9 octets and 8 byte codes more than the same properties read one by one; and the elements of an
// array's literal take 8 octets and 6 byte codes each, where those of `Array.of` take none. Lines stay where they are.
//
// No module of the device uses `null` as a value beside `undefined` (a test holds `src/` and `hosts/esp32` to that).
import { Edits, functions, names, parsed } from "./edits.mjs";

/** What these give back is what they are given. */
const units = new Set(["Milliseconds", "Seconds"]);

/** After these a property can be read without parentheses. */
const plain = new Set(["Identifier", "ThisExpression", "MemberExpression", "CallExpression"]);

/** The names that an object's pattern gives, with the properties that they are of; undefined where it does more. */
function namesOf({ properties }) {
  const names = [];
  for (const { type, key, value } of properties) {
    if (type === "AssignmentPatternProperty" && value === null) names.push([key.value, key.value]);
    else if (type === "KeyValuePatternProperty" && key.type === "Identifier" && value.type === "Identifier")
      names.push([value.value, key.value]);
    else return undefined;
  }
  return names.length > 0 ? names : undefined;
}

const loose = { "===": "==", "!==": "!=" };

function isUndefined(node) {
  return node?.type === "Identifier" && node.value === "undefined";
}

class Sayings extends Edits {
  #count = 0;

  /** `{ a, b: c } = init` becomes `a = init.a, c = init.b`. */
  declarator({ id, init }) {
    const names = id.type === "ObjectPattern" && init ? namesOf(id) : undefined;
    if (names === undefined) return;
    const read = (from) => names.map(([name, property]) => `${name} = ${from}.${property}`).join(", ");
    if (init.type === "Identifier" || init.type === "ThisExpression") {
      const from = init.type === "Identifier" ? init.value : "this";
      // What stands between is white space.
      this.replace(id.span.start, init.span.end, read(from));
    } else if (names.length === 1) {
      const [open, close] = plain.has(init.type) ? ["", ""] : ["(", ")"];
      this.replace(id.span.start, init.span.start, `${names[0][0]} = ${open}`);
      this.replace(init.span.end, init.span.end, `${close}.${names[0][1]}`);
    } else {
      const whole = `$${++this.#count}`;
      this.replace(id.span.start, init.span.start, `${whole} = `);
      this.replace(init.span.end, init.span.end, `, ${read(whole)}`);
    }
  }

  /** `({ a, b: c }) {` becomes `($1) { let a = $1.a, c = $1.b;`, where nothing else is asked of the parameters. */
  parameters(params, body) {
    if (body?.type !== "FunctionBody" && body?.type !== "BlockStatement") return;
    const patterns = params.map((param) => param.pat ?? param);
    if (!patterns.every(({ type }) => type === "Identifier" || type === "ObjectPattern")) return;
    const objects = patterns.filter(({ type }) => type === "ObjectPattern");
    const read = objects.map((pattern) => namesOf(pattern));
    if (objects.length === 0 || read.includes(undefined)) return;
    const reads = objects.flatMap((pattern, at) => {
      const whole = `$${++this.#count}`;
      this.replace(pattern.span.start, pattern.span.end, whole);
      return read[at].map(([name, property]) => `${name} = ${whole}.${property}`);
    });
    const start = body.span.start + 1;
    this.replace(start, start, ` let ${reads.join(", ")};`);
  }

  /** `Milliseconds(a)` becomes `(a)`: units are for the compiler (src/base/units.ts). */
  unit({ callee, arguments: given }) {
    if (units.has(callee.value) && given.length === 1 && !given[0].spread)
      this.replace(callee.span.start, callee.span.end, "");
  }

  /** `a === undefined` becomes `a == null`. */
  comparison({ operator, left, right }) {
    if (!isUndefined(right) || !(operator in loose)) return false;
    this.replace(left.span.end, right.span.end, ` ${loose[operator]} null`);
    return true;
  }

  /** `[a, b]` becomes `Array.of(a, b)`, where all elements stand by themselves. */
  array({ span, elements }) {
    if (elements.length === 0 || elements.some((element) => !element || element.spread)) return;
    this.replace(span.start, span.start + 1, "Array.of(");
    this.replace(span.end - 1, span.end, ")");
  }
}

/** What is said of a node itself. */
function say(node, edits, inside) {
  if (node.type === "VariableDeclarator") edits.declarator(node);
  else if (Array.isArray(node.params)) edits.parameters(node.params, node.body);
  else if (node.type === "CallExpression") edits.unit(node);
  else if (node.type === "ArrayExpression" && inside) edits.array(node);
}

function walk(node, edits, inside) {
  say(node, edits, inside);
  const within = inside || functions.has(node.type);
  const compared = node.type === "BinaryExpression" && edits.comparison(node);
  const returned = node.type === "ReturnStatement" && isUndefined(node.argument);
  if (returned) edits.replace(node.span.start, node.argument.span.end, "return");
  for (const [field, value] of Object.entries(node)) {
    if ((compared && field === "right") || (returned && field === "argument")) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child === null || typeof child !== "object") continue;
      if (child.type !== "Identifier") walk(child, edits, within);
      else if (child.value === "undefined" && !names.has(`${node.type}.${field}`))
        edits.replace(child.span.start, child.span.end, "void 0");
    }
  }
}

/** JavaScript of a module, with the same lines, for XS. */
export function forXs(code) {
  const { module, start } = parsed(code);
  const edits = new Sayings(start);
  walk(module, edits, false);
  return edits.apply(code);
}
