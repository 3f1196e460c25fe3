import { randomFillSync } from "node:crypto";
import { watchOutput } from "../node/program/output.js";
import { command } from "./command.js";
import { realDisk } from "./disk.js";
import { realRun } from "./flash.js";

watchOutput("factory");

process.exitCode = command(process.argv.slice(2), {
  disk: realDisk,
  run: realRun,
  random: { fill: (into) => void randomFillSync(into) },
  terminal: {
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
  },
});
