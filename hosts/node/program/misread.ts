/** One line for what node:util's parseArgs throws. */
export function misread(error: unknown): string {
  const text = (error as Error).message.split(/[\n.]/)[0] ?? "";
  const [, flag] = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument (?:is ambiguous|missing)/.exec(text) ?? [];
  if (flag === undefined) return text;
  return `${flag} takes a value; one that begins with - is written ${flag}=-…`;
}
