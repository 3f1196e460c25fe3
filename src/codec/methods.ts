/** Methods of EUKey assignment by User ID and password (C-07); the numbers are the wire's. */
export const Method = Object.freeze({ scram: 1, spake2plus: 2 });
export type Method = (typeof Method)[keyof typeof Method];
