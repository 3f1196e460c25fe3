import { type LogLevel, logLevels } from "./levels.js";

/** What a person can ask of the device at its console. */
export type ConsoleCommand =
  | { readonly kind: "help" }
  | { readonly kind: "state" }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "log"; readonly level: LogLevel }
  | { readonly kind: "screenshot"; readonly as: "text" | "data" }
  | { readonly kind: "reset" };

/** Why a line was not done. */
export type ConsoleCode =
  | "console.tooLong"
  | "console.notText"
  | "console.unknown"
  | "console.argument"
  /** The firmware has not started yet, or has stopped. */
  | "console.notRunning"
  /** What is on the display is being typed. */
  | "console.typing"
  /** Nothing has been shown, or there is no display. */
  | "console.noDisplay"
  /** More came than could be answered. */
  | "console.busy";

export interface ConsoleFault {
  readonly code: ConsoleCode;
  readonly what: string;
}

/** One line each. */
export const help: readonly string[] = Object.freeze([
  "state              what the device is and does",
  "name TEXT          what people call it; nothing for the name that it was made with",
  "log off|faults|all which events are told here",
  "screenshot [data]  what is on the display, as text; data: for npm run firmware:screenshot",
  "reset              erases everything but what the factory wrote; asks before",
  "help               this",
]);

const fault = (code: ConsoleCode, what: string): ConsoleFault => ({ code, what });

/** Of a line without spaces around it; an empty one asks for nothing. */
export function readCommand(line: string): ConsoleCommand | ConsoleFault | undefined {
  if (line === "") return undefined;
  const space = line.indexOf(" ");
  const word = space < 0 ? line : line.slice(0, space);
  const rest = space < 0 ? "" : line.slice(space + 1).trim();
  switch (word) {
    case "help":
    case "state":
    case "reset":
      return rest === "" ? { kind: word } : fault("console.argument", `${word} takes nothing`);
    case "name":
      return { kind: word, name: rest };
    case "log": {
      const level = logLevels.find((one) => one === rest);
      return level === undefined
        ? fault("console.argument", `log takes one of ${logLevels.join(", ")}`)
        : { kind: word, level };
    }
    case "screenshot":
      if (rest === "") return { kind: word, as: "text" };
      return rest === "data"
        ? { kind: word, as: "data" }
        : fault("console.argument", "screenshot takes data, or nothing");
    default:
      return fault("console.unknown", "help lists the commands");
  }
}
