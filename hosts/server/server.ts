import { called } from "../node/program/called.js";
import { runMain } from "../node/program/main.js";
import { serverCommand } from "./commandLine.js";
import { inWords } from "./words.js";

const source = { args: process.argv.slice(2), environment: process.env };
const write = (text: string): void => void process.stdout.write(text);

await runMain("cpns server", () => serverCommand(source, write), inWords, called("server"));
