import type { ErrorCode } from "../../base/errorCodes.js";

/** What a person reads about an error: what happened, and what to do next. */
export interface ErrorText {
  readonly title: string;
  readonly what: string;
  readonly next: string;
}

export const error = (title: string, what: string, next: string): ErrorText =>
  Object.freeze({ title, what, next });

/** Texts by the code of the error; "unknown" tells the code itself. */
export const errorTexts = <Code extends ErrorCode | "unknown">(
  texts: Readonly<Record<Code, ErrorText>>,
): Readonly<Record<Code, ErrorText>> => Object.freeze(texts);
