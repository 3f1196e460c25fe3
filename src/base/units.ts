/** Units in types: a number of seconds cannot be passed where milliseconds are meant. */
declare const unit: unique symbol;

/** A duration or an instant in milliseconds. */
export type Milliseconds = number & { readonly [unit]: "ms" };
/** A duration or an instant in seconds; instants count from 1970-01-01 UTC. */
export type Seconds = number & { readonly [unit]: "s" };

export const Milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const Seconds = (value: number): Seconds => value as Seconds;

export const toMilliseconds = (value: Seconds): Milliseconds => Milliseconds(value * 1000);
export const toSeconds = (value: Milliseconds): Seconds => Seconds(Math.floor(value / 1000));
