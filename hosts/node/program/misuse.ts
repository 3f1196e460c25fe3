/** A program that was called wrongly: one line, exit code 2. */
export class Misuse extends Error {}

/** Something that the person can mend outside the program: one line, exit code 1. */
export class Refusal extends Error {}
