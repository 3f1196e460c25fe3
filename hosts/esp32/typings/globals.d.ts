/** What XS on a device has beyond ECMAScript. */

/** Writes to the debugger's log; removed from release builds by their host. */
declare function trace(...values: readonly (string | number | boolean)[]): void;

/**
 * A function in C. Must be used in exactly this form, as the compiler replaces it:
 * `export function f(this: unknown, a: A): R { return native("xs_f").call(this, a); }`
 */
// biome-ignore lint/suspicious/noExplicitAny: C checks its arguments itself, and its caller declares the result.
declare function native(name: string): { call(self: unknown, ...args: readonly unknown[]): any };
