/**
 * What becomes of a program whose output cannot be written. Whoever reads it may stop reading it (`| head`): that is no
 * fault. Anything else, as a full disk, ends the program with one line.
 */
export function watchOutput(name: string): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`${name}: the output cannot be written (${error.code})\n`);
    process.exit(1);
  });
}
