/** What XS on a device has beyond ECMAScript. */

/** Writes to the debugger's log; removed from release builds by their host. */
declare function trace(...values: readonly (string | number | boolean)[]): void;

/**
 * A function in C. Must be used in exactly this form, as the compiler replaces it:
 * `export function f(this: unknown, a: A): R { return native("xs_f").call(this, a); }`
 */
declare function native(name: string): NativeFunction;

/** C checks its arguments itself; its caller declares the result, and nothing is known of it else. */
interface NativeFunction {
  call<Result>(self: unknown, ...args: readonly unknown[]): Result;
}

/** The display that the SDK has set up for the target. */
declare const screen: { context?: unknown };
