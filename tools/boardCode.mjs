// What only a board, and the tests on XS, have of a module: on XS a class's private names and the global names cost more
// than they say. A private name is a variable that each function which uses it carries along, in flash, on the stack,
// and in memory for each function that is made as it runs; a property's name is a number. So `#name` becomes `_name`.
// A global name is looked up, 6 octets each time; a constant of the module is at hand, 2 octets. A field that is only
// declared takes 7 octets to be undefined, which it is without them.
//
// On Node private names stay: an error or a log that shows an object must not show what is in it. So do those of secrets
// everywhere.
import { children, Edits, functions, parsed } from "./edits.mjs";

/** Globals that nobody may shadow (lint's noShadowRestrictedNames). */
const globals = new Set([
  ..."Array ArrayBuffer BigInt DataView Error Int16Array Int32Array Map Math Number Object Promise".split(
    " ",
  ),
  ..."RangeError Set String Symbol TypeError Uint16Array Uint8Array".split(" "),
]);

/** Classes that keep their private names. */
const kept = new Set(["Secret"]);

/** Of these a function can be called without what it is a property of. */
const holders = new Set(["Array", "Math", "Number", "Object", "String"]);

/** Where an identifier is a value that is read. */
const reads = new Set([
  "BinaryExpression.left",
  "BinaryExpression.right",
  "CallExpression.callee",
  "MemberExpression.object",
  "NewExpression.callee",
  "undefined.expression",
]);

class BoardEdits extends Edits {
  /** What the module's constants stand for, by their names. */
  constants = new Map();
  /** The classes around a place, the inmost first: their private names, and what goes before these. */
  #classes = [];

  /** A class that extends another has names of its own: both are properties of one object. */
  enter({ body, identifier, superClass }) {
    const own = body.filter(({ key }) => key?.type === "PrivateName").map(({ key }) => key.value);
    const name = identifier?.value;
    const prefix = kept.has(name) ? "#" : superClass ? `_${name ?? "derived"}_` : "_";
    this.#classes.unshift({ own: new Set(own), prefix });
  }

  keeps() {
    return this.#classes[0].prefix === "#";
  }

  leave() {
    this.#classes.shift();
  }

  /** `quoted`: it stands where a property's name is a text. */
  privateName({ span, value }, quoted) {
    const { prefix } = this.#classes.find(({ own }) => own.has(value));
    const quote = quoted && prefix !== "#" ? '"' : "";
    this.replace(span.start, span.end, `${quote}${prefix}${value}${quote}`);
  }

  constant({ span }, of) {
    const name = `$${of.replace(".", "_")}`;
    this.constants.set(name, of);
    this.replace(span.start, span.end, name);
  }

  apply(code) {
    const declared = [...this.constants].map(([name, of]) => `${name} = ${of}`);
    return (declared.length > 0 ? `const ${declared.join(", ")};` : "") + super.apply(code);
  }
}

const fields = new Set(["PrivateProperty", "ClassProperty"]);

const isFunctionOf = ({ type, object, property }) =>
  type === "MemberExpression" &&
  object.type === "Identifier" &&
  holders.has(object.value) &&
  property.type === "Identifier";

/** Says a child otherwise; false where its own children have to be looked at. */
function said(node, field, child, edits, inside) {
  if (child.type === "PrivateName") {
    edits.privateName(child, node.type === "BinaryExpression");
    return true;
  }
  if (fields.has(child.type) && !child.isStatic && child.value === null && !edits.keeps()) {
    edits.replace(child.span.start, child.span.end, "");
    return true;
  }
  if (!inside) return false;
  if (isFunctionOf(child)) {
    edits.constant(child, `${child.object.value}.${child.property.value}`);
    return true;
  }
  if (child.type !== "Identifier" || !globals.has(child.value) || !reads.has(`${node.type}.${field}`))
    return false;
  edits.constant(child, child.value);
  return true;
}

function walk(node, edits, inside) {
  const isClass = node.type === "ClassExpression" || node.type === "ClassDeclaration";
  if (isClass) edits.enter(node);
  const within = inside || functions.has(node.type);
  for (const [field, child] of children(node))
    if (!said(node, field, child, edits, within)) walk(child, edits, within);
  if (isClass) edits.leave();
}

/** JavaScript for XS (tools/xsCode.mjs) as a board has it, with the same lines. */
export function forBoard(code) {
  const { module, start } = parsed(code);
  const edits = new BoardEdits(start);
  walk(module, edits, false);
  return edits.apply(code);
}
