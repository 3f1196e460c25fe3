import type { Milliseconds, Seconds } from "../../base/units.js";
import { instant } from "../../codec/attributes.js";
import { type Schema, uint } from "../../codec/schema.js";
import { DatabaseError } from "../errors.js";

/** Names that rows keep as numbers; the order is the format. */
export function choice<const Names extends readonly string[]>(...names: Names) {
  return Object.freeze({
    toNumber: (name: Names[number]): number => names.indexOf(name),
    /** Throws DatabaseError("database.row"). */
    toName(number: number): Names[number] {
      const name = names[number];
      if (name === undefined) throw new DatabaseError("database.row", `${number}`);
      return name;
    },
  });
}

/** Leaves out what is undefined, as optional fields want it. */
export function defined<T extends object>(value: T): { [N in keyof T]: Exclude<T[N], undefined> } {
  const left: Record<string, unknown> = {};
  for (const name in value) if (value[name] !== undefined) left[name] = value[name];
  return left as { [N in keyof T]: Exclude<T[N], undefined> };
}

/** Milliseconds since 1970. */
export const moment = uint(Number.MAX_SAFE_INTEGER) as Schema<Milliseconds>;
/** Seconds since 1970. */
export const second = instant as Schema<Seconds>;
export const count = uint(Number.MAX_SAFE_INTEGER);
