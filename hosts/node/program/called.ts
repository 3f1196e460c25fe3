/** How a person calls a program: `cpns sim` where it is installed, `npm run sim --` in the clone. */
export function called(program: string): string {
  if (process.env.CPNS_INSTALLED !== undefined) return `cpns ${program}`;
  if (program === "start") return "npm start --";
  // `npm run firmware` builds it.
  return program === "firmware" ? "npm run firmware:sign --" : `npm run ${program} --`;
}

/** A command of a program that works on `folder`, to be copied; the folder is left out where the program looks there anyway. */
export function calledFor(command: string, flag: string, folder: string, usual: string): string {
  return folder === usual ? command : `${command} ${flag} ${quoted(folder)}`;
}

/** A word of a command line, as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What its lines begin with: the program, not how it is called. */
export const shortName = (name: string): string => name.replace(/^npm (?:run )?/, "").replace(/ --$/, "");
