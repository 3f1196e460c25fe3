#!/usr/bin/env node
// `cpns server|gateway|sim|start|factory|firmware …`: one command for the programs, as installed from a package.
const programs = {
  server: "hosts/server/server.js",
  gateway: "hosts/gateway/gateway.js",
  sim: "hosts/simulator/sim.js",
  start: "hosts/simulator/start.js",
  factory: "hosts/factory/factory.js",
  firmware: "hosts/factory/firmware.js",
};

/** One line for what Node would print a stack trace of. */
function end(line) {
  process.stderr.write(`cpns: ${line}\n`);
  process.exit(1);
}
process.stdout.on("error", ({ code }) =>
  code === "EPIPE" ? process.exit() : end(`the output cannot be written (${code})`),
);
try {
  process.cwd();
} catch {
  end("the folder that it was called in is not there any more");
}

const [name, ...args] = process.argv.slice(2);
const usage = `usage: cpns ${Object.keys(programs).join("|")} …; each has --help`;
if (name === "--help" || name === "-h") {
  process.stdout.write(`${usage}\n`);
} else if (name === undefined || !Object.hasOwn(programs, name)) {
  process.stderr.write(`cpns: ${name === undefined ? "no program" : `'${name}' is not known`}; ${usage}\n`);
  process.exitCode = 2;
} else {
  const file = new URL(`../build/${programs[name]}`, import.meta.url);
  process.env.CPNS_INSTALLED = "yes";
  // Each program reads its arguments as if it had been started by itself.
  process.argv = [process.argv[0], file.pathname, ...args];
  await import(file.href);
}
