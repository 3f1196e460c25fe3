/** Frozen to its last part, so that a preloaded module keeps all of a table in flash and nothing of it in RAM. */
export function frozen<T extends object>(table: T): T {
  Object.values(table).forEach((part: unknown) => {
    if (typeof part === "object" && part !== null) frozen(part);
  });
  return Object.freeze(table);
}
