/** Skips what runs in `context`, and says in one line why, and the command that mends it. */
export function skipped(context: Mocha.Context, what: string, missing: string, packages: string): never {
  process.stderr.write(
    `skipped: ${what}, because ${missing} was not found; install it with: apt-get install ${packages}\n`,
  );
  return context.skip();
}
