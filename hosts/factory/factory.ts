import { randomFillSync } from "node:crypto";
import { command } from "./command.js";
import { realDisk } from "./disk.js";

// Whoever reads the output may stop reading it (`| head`): that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = command(process.argv.slice(2), {
  disk: realDisk,
  random: { fill: (into) => void randomFillSync(into) },
  terminal: {
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
  },
});
