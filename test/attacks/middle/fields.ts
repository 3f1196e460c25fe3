import * as cborg from "cborg";
import { hex } from "../../../src/base/octets.js";

/** A message as CBOR, whose every value can be changed without knowing what it means. */
type Cbor = number | string | Uint8Array | Nested | readonly Cbor[] | ReadonlyMap<number, Cbor>;

/** Octets that are CBOR themselves: PNEInfo and PNInventory. */
class Nested {
  readonly value: Cbor;

  constructor(value: Cbor) {
    this.value = value;
  }
}

const nestedKeys: readonly number[] = [15, 16];

function parse(octets: Uint8Array): Cbor {
  return wrap(cborg.decode(octets, { useMaps: true }) as Cbor);
}

function wrap(value: Cbor): Cbor {
  if (Array.isArray(value)) return value.map(wrap);
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, one]): [number, Cbor] => [
    key,
    nestedKeys.includes(key) && one instanceof Uint8Array ? new Nested(parse(one)) : wrap(one),
  ]);
  return new Map(entries);
}

function unwrap(value: Cbor): unknown {
  if (value instanceof Nested) return print(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, unwrap(one)]));
  return value;
}

const print = (value: Cbor): Uint8Array => cborg.encode(unwrap(value), cborg.rfc8949EncodeOptions);

/** Indices of arrays, keys of maps, and -0.5 for the step into nested octets. */
type Path = readonly number[];
const inside = -0.5;

function* parts(value: Cbor, path: Path = []): Generator<{ readonly path: Path; readonly value: Cbor }> {
  yield { path, value };
  if (value instanceof Nested) yield* parts(value.value, [...path, inside]);
  else if (Array.isArray(value)) {
    for (const [i, one] of value.entries()) yield* parts(one, [...path, i]);
  } else if (value instanceof Map) {
    for (const [key, one] of value) yield* parts(one, [...path, key]);
  }
}

function at(value: Cbor, [first, ...rest]: Path): Cbor | undefined {
  if (first === undefined) return value;
  const one = step(value, first);
  return one === undefined ? undefined : at(one, rest);
}

function step(value: Cbor, by: number): Cbor | undefined {
  if (value instanceof Nested) return by === inside ? value.value : undefined;
  if (value instanceof Map) return value.get(by);
  return Array.isArray(value) ? value[by] : undefined;
}

/** The same with another value there, or none. */
function withPart(value: Cbor, [first, ...rest]: Path, put: Cbor | undefined): Cbor | undefined {
  if (first === undefined) return put;
  const own = step(value, first);
  const changed = own === undefined ? put : withPart(own, rest, put);
  if (value instanceof Nested) return changed === undefined ? undefined : new Nested(changed);
  if (value instanceof Map) {
    const entries = [...value].filter(([key]) => key !== first);
    if (changed !== undefined) entries.push([first, changed]);
    return new Map(entries);
  }
  if (!Array.isArray(value)) return value;
  const items = [...value];
  items.splice(first, 1, ...(changed === undefined ? [] : [changed]));
  return items;
}

const head = ["version", "type", "exchange", "body"];
/** As a person reads it: `17[].15.1`. */
function textOf(message: Cbor, [first = 0, ...rest]: Path): string {
  if (first !== 3) return head[first] ?? "?";
  let text = "";
  let value = step(message, 3);
  for (const by of rest) {
    if (Array.isArray(value)) text += "[]";
    else if (by !== inside) text += `${text === "" ? "" : "."}${by}`;
    value = value === undefined ? undefined : step(value, by);
  }
  return text || "body";
}

/** One bit of a value changed; of a number, the one with this weight. */
function flipped(value: Cbor, weight = 1): Cbor | undefined {
  if (typeof value === "number") return value ^ weight;
  if (typeof value === "string") {
    return value.slice(0, -1) + String.fromCharCode(value.charCodeAt(value.length - 1) ^ 1);
  }
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  const changed = value.slice();
  changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
  return changed;
}

/** How a field is changed. `old`: to what stood there in an earlier run; `other`: to what stands there for another. */
export type Kind = "flip" | "flip2" | "drop" | "old" | "other" | "add";

/** What can be done to one field of a message; the others come from an earlier or another message of the same name. */
export interface Change {
  readonly field: string;
  readonly kind: Kind;
  /** Undefined when there is nothing else to put there. */
  apply(octets: Uint8Array, old?: Uint8Array, other?: Uint8Array): Uint8Array | undefined;
}

export function changesOf(octets: Uint8Array): Change[] {
  const changes: Change[] = [];
  const message = parse(octets);
  const change = (
    path: Path,
    kind: Kind,
    make: (now: Cbor, from: Sources) => Cbor | undefined | null,
  ): void => {
    changes.push({
      field: textOf(message, path),
      kind,
      apply: (now, old, other) => {
        const present = parse(now);
        const put = make(present, { old: old && parse(old), other: other && parse(other) });
        if (put === null) return undefined;
        const made = withPart(present, path, put);
        const result = made === undefined ? undefined : print(made);
        return result !== undefined && hex(result) !== hex(now) ? result : undefined;
      },
    });
  };
  for (const { path, value } of parts(message)) {
    if (path.length === 0) continue;
    const leaf = !(value instanceof Nested || value instanceof Map || Array.isArray(value));
    if (leaf) change(path, "flip", (now) => flipped(at(now, path) ?? "") ?? null);
    if (typeof value === "number" && path.length > 1)
      change(path, "flip2", (now) => flipped(at(now, path) ?? "", 2) ?? null);
    if (path.length > 1 && path.at(-1) !== inside) change(path, "drop", () => undefined);
    if (path.length > 1 && leaf) {
      change(path, "old", (_, { old }) => (old && at(old, path)) ?? null);
      change(path, "other", (now, { other }) => (other && at(other, path)) ?? sibling(now, path) ?? null);
    }
    if (value instanceof Map) {
      change([...path, 99], "add", () => 1);
      change([...path, -77], "add", () => 1);
    }
  }
  change([3], "old", (_, { old }) => (old && at(old, [3])) ?? null);
  change([3], "other", (_, { other }) => (other && at(other, [3])) ?? null);
  return changes;
}

interface Sources {
  readonly old: Cbor | undefined;
  readonly other: Cbor | undefined;
}

/** What stands at the same place of the next element of the innermost list. */
function sibling(message: Cbor, path: Path): Cbor | undefined {
  for (let i = path.length - 1; i >= 2; i--) {
    const list = at(message, path.slice(0, i));
    if (!Array.isArray(list) || list.length < 2) continue;
    const next = ((path[i] ?? 0) + 1) % list.length;
    return at(message, [...path.slice(0, i), next, ...path.slice(i + 1)]);
  }
  return undefined;
}
