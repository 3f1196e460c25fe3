/**
 * node:assert/strict for XS, as far as the tests use it. The host maps the module's name to this file; Node's own is
 * used on Node.
 */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

type Expected = RegExp | ((error: unknown) => boolean) | (new (...args: never[]) => object) | object;

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `Uint8Array [${[...value].join(", ")}]`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  }
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function refuse(message: string | undefined, otherwise: string): never {
  throw new AssertionError(message ?? otherwise);
}

const tag = (value: object): string => Object.prototype.toString.call(value);

function equalEntries(a: object, b: object, seen: readonly (readonly [object, object])[]): boolean {
  const keys = Reflect.ownKeys(a).filter((key) => Object.prototype.propertyIsEnumerable.call(a, key));
  const others = Reflect.ownKeys(b).filter((key) => Object.prototype.propertyIsEnumerable.call(b, key));
  if (keys.length !== others.length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function equalMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  seen: readonly (readonly [object, object])[],
): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !same(value, b.get(key), seen)) return false;
  return true;
}

function equalSets(a: Set<unknown>, b: Set<unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const value of a) if (!b.has(value)) return false;
  return true;
}

function same(a: unknown, b: unknown, seen: readonly (readonly [object, object])[] = []): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || tag(a) !== tag(b)) return false;
  if (seen.some(([one, other]) => one === a && other === b)) return true;
  const deeper = [...seen, [a, b] as const];
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((octet, i) => octet === b[i]);
  }
  if (a instanceof Map && b instanceof Map) return equalMaps(a, b, deeper);
  if (a instanceof Set && b instanceof Set) return equalSets(a, b);
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Error && b instanceof Error && (a.name !== b.name || a.message !== b.message))
    return false;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  return equalEntries(a, b, deeper);
}

const isClass = (value: unknown): value is new (...args: never[]) => object =>
  typeof value === "function" &&
  value.prototype !== undefined &&
  (value === Error || value.prototype instanceof Error);

/** Throws unless `error` is what was expected, as Node's does: an error of another class passes through. */
function check(error: unknown, expected: Expected | undefined): void {
  if (expected === undefined) return;
  if (expected instanceof RegExp) {
    if (!expected.test(String(error))) refuse(undefined, `${String(error)} does not match ${expected}`);
  } else if (isClass(expected)) {
    if (!(error instanceof expected)) throw error;
  } else if (typeof expected === "function") {
    if ((expected as (error: unknown) => boolean)(error) !== true)
      refuse(undefined, "validation of the error");
  } else {
    for (const key of Object.keys(expected)) {
      const [actual, wanted] = [Reflect.get(Object(error), key), Reflect.get(expected, key)];
      const fits =
        wanted instanceof RegExp && typeof actual === "string" ? wanted.test(actual) : same(actual, wanted);
      if (!fits) refuse(undefined, `error.${key}: ${shown(actual)}, expected ${shown(wanted)}`);
    }
  }
}

function ok(value: unknown, message?: string): asserts value {
  if (!value) refuse(message, `${shown(value)} is not truthy`);
}

const functions = {
  ok,
  equal(actual: unknown, expected: unknown, message?: string): void {
    if (!Object.is(actual, expected)) refuse(message, `${shown(actual)}, expected ${shown(expected)}`);
  },
  notEqual(actual: unknown, expected: unknown, message?: string): void {
    if (Object.is(actual, expected)) refuse(message, `${shown(actual)}, expected another`);
  },
  deepEqual(actual: unknown, expected: unknown, message?: string): void {
    if (!same(actual, expected)) refuse(message, `${shown(actual)}, expected ${shown(expected)}`);
  },
  notDeepEqual(actual: unknown, expected: unknown, message?: string): void {
    if (same(actual, expected)) refuse(message, `${shown(actual)}, expected another`);
  },
  throws(run: () => unknown, expected?: Expected | string, message?: string): void {
    if (typeof expected === "string") [expected, message] = [undefined, expected];
    try {
      run();
    } catch (error) {
      check(error, expected);
      return;
    }
    refuse(message, "nothing was thrown");
  },
  doesNotThrow(run: () => unknown): void {
    run();
  },
  async rejects(
    work: Promise<unknown> | (() => Promise<unknown>),
    expected?: Expected | string,
    message?: string,
  ): Promise<void> {
    if (typeof expected === "string") [expected, message] = [undefined, expected];
    const promise = typeof work === "function" ? work() : work;
    try {
      await promise;
    } catch (error) {
      check(error, expected);
      return;
    }
    refuse(message, "nothing was rejected");
  },
  match(text: string, pattern: RegExp, message?: string): void {
    if (typeof text !== "string" || !pattern.test(text))
      refuse(message, `${shown(text)} does not match ${pattern}`);
  },
  doesNotMatch(text: string, pattern: RegExp, message?: string): void {
    if (typeof text !== "string" || pattern.test(text)) refuse(message, `${shown(text)} matches ${pattern}`);
  },
  fail(message?: string): never {
    refuse(message, "failed");
  },
};

/** Callable, as Node's is. */
const assert = Object.assign(
  (value: unknown, message?: string): asserts value => ok(value, message),
  functions,
);

export default assert;
