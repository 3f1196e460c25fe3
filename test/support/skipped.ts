/** Skips what runs in `context`, and says in one line why, and the command that mends it. */
export function skipped(context: Mocha.Context, what: string, missing: string, packages: string): never {
  return skippedFor(context, what, `${missing} was not found; install it with: apt-get install ${packages}`);
}

/** The same for a reason that has its own words. */
export function skippedFor(context: Mocha.Context, what: string, reason: string): never {
  process.stderr.write(`skipped: ${what}, because ${reason}\n`);
  return context.skip();
}
