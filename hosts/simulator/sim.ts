import { serveDevices } from "./external/command.js";
import { command } from "./scenario/command.js";

// Whoever reads the output may stop reading it (`| head`): that is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const args = process.argv.slice(2);
// A scenario is played; a real firmware that joins from outside lives as long as its person wants.
const run = args.includes("--listen") ? serveDevices : command;
process.exitCode = await run(args, {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
});
if (run === serveDevices) process.exit();
