type Schema = Readonly<Record<string, unknown>>;

const keywords: readonly string[] = [
  ...["$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern"],
  ...[
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "format",
    "oneOf",
    "description",
  ],
];

/**
 * What of a value is not as its schema says, a line each: as much of JSON Schema 2020-12 as the interface's document uses.
 * Throws for a keyword that it does not know, so that none is passed over.
 */
export function problemsOf(document: Schema, schema: Schema, value: unknown, at = "$"): string[] {
  const strange = Object.keys(schema).filter((keyword) => !keywords.includes(keyword));
  if (strange.length > 0) throw new Error(`${at}: ${strange.join()} is not known`);
  const { $ref, oneOf } = schema as { $ref?: string; oneOf?: readonly Schema[] };
  if ($ref !== undefined) return problemsOf(document, resolved(document, $ref), value, at);
  if (oneOf !== undefined) {
    const fitting = oneOf.filter((one) => problemsOf(document, one, value, at).length === 0);
    return fitting.length === 1 ? [] : [`${at}: fits ${fitting.length} of ${oneOf.length}`];
  }
  return [...valueProblems(schema, value, at), ...partProblems(document, schema, value, at)];
}

export function resolved(document: Schema, ref: string): Schema {
  let found: unknown = document;
  for (const part of ref.replace("#/", "").split("/")) found = (found as Schema)[part];
  if (typeof found !== "object" || found === null) throw new Error(`${ref} is nowhere`);
  return found as Schema;
}

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
};

const isOf = (type: string, value: unknown): boolean =>
  type === "integer" ? Number.isInteger(value) : typeOf(value) === type;

function valueProblems(schema: Schema, value: unknown, at: string): string[] {
  const { type, pattern, format, minimum, maximum, minLength, maxLength } = schema as Record<string, never>;
  const fits: Readonly<Record<string, boolean>> = {
    type: type === undefined || [type].flat().some((one) => isOf(one, value)),
    enum: schema.enum === undefined || (schema.enum as readonly unknown[]).includes(value),
    const: schema.const === undefined || schema.const === value,
    pattern: pattern === undefined || (typeof value === "string" && new RegExp(pattern, "u").test(value)),
    format: format === undefined || (typeof value === "string" && formatted(format, value)),
    minimum: minimum === undefined || (value as number) >= minimum,
    maximum: maximum === undefined || (value as number) <= maximum,
    minLength: minLength === undefined || (value as string).length >= minLength,
    maxLength: maxLength === undefined || (value as string).length <= maxLength,
  };
  return Object.keys(fits)
    .filter((keyword) => !fits[keyword])
    .map((keyword) => `${at}: ${keyword}, ${JSON.stringify(value)}`);
}

function formatted(format: string, value: string): boolean {
  if (format === "date") return /^\d{4}-\d\d-\d\d$/.test(value);
  if (format === "date-time") return new Date(value).toISOString() === value;
  if (format === "uri") return URL.canParse(value);
  throw new Error(`format ${format} is not known`);
}

function partProblems(document: Schema, schema: Schema, value: unknown, at: string): string[] {
  if (Array.isArray(value)) {
    const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema as Record<string, never>;
    const parts = value.flatMap((one, i) => problemsOf(document, items, one, `${at}[${i}]`));
    return value.length < minItems || value.length > maxItems ? [`${at}: ${value.length} items`] : parts;
  }
  if (typeOf(value) !== "object") return [];
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  const members = value as Readonly<Record<string, unknown>>;
  const missing = ((schema.required ?? []) as readonly string[]).filter((name) => !(name in members));
  const known = (name: string): boolean => name in properties || schema.additionalProperties !== false;
  return [
    ...missing.map((name) => `${at}: ${name} is missing`),
    ...Object.keys(members).flatMap((name) => {
      if (!known(name)) return [`${at}: ${name} is not known`];
      return problemsOf(document, properties[name] ?? {}, members[name], `${at}.${name}`);
    }),
  ];
}
