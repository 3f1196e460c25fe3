import type { AnyDefinition } from "./message.js";
import type { Schema } from "./schema.js";
import { headLength } from "./writer.js";

/** Octets of the longest encoding that a schema lets through, extensions aside. */
export function longest(schema: Schema<unknown>): number {
  switch (schema.kind) {
    case "uint":
      return headLength(schema.max);
    case "octets":
    case "text":
      return headLength(schema.max) + schema.max;
    case "bool":
      return 1;
    case "list":
      return headLength(schema.max) + schema.max * longest(schema.item);
    case "record":
      return schema.fields.reduce(
        (sum, { key, schema: inner }) => sum + headLength(key >= 0 ? key : -1 - key) + longest(inner),
        headLength(schema.fields.length),
      );
  }
}

/** Octets of the longest message of this kind. */
export const longestMessage = ({ type, body }: AnyDefinition): number =>
  2 + headLength(type) + headLength(0xffff) + longest(body as Schema<unknown>);
