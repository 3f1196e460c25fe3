/** How a person calls a program: `cpns sim` where it is installed, `npm run sim --` in the clone. */
export function called(program: string): string {
  if (process.env.CPNS_INSTALLED !== undefined) return `cpns ${program}`;
  return program === "start" ? "npm start --" : `npm run ${program} --`;
}

/** What its lines begin with: the program, not how it is called. */
export const shortName = (name: string): string => name.replace(/^npm (?:run )?/, "").replace(/ --$/, "");
