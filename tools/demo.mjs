// `npm run demo`: Server and gateway as processes of their own, and a device on this terminal that meets them.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, root } from "./setup.mjs";

const userID = "demo";
const password = "a quiet kitchen";
const patience = 30_000;
const program = (file) => join(root, "build/hosts", file);

/** Starts a program; resolves with what it says once that matches. */
function started(file, args, pattern, children) {
  const child = spawn(process.execPath, [program(file), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  return new Promise((resolve) => {
    let said = "";
    const timer = setTimeout(() => fail(`${file} did not start in time: ${said}`), patience);
    const hear = (data) => {
      said += data;
      const found = pattern.exec(said);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    // Not before what it said is read, which "exit" does not wait for.
    child.on("close", () => {
      clearTimeout(timer);
      if (!pattern.test(said)) fail(`${file} has ended: ${said}`);
    });
  });
}

/** Runs a command with what a person would type. */
function told(file, args, typed = "") {
  const ended = spawnSync(process.execPath, [program(file), ...args], { input: typed, encoding: "utf8" });
  if (ended.status !== 0) fail(ended.stderr.trim());
  return ended.stdout;
}

export async function demo() {
  const folder = mkdtempSync(join(tmpdir(), "cpns-demo-"));
  const children = [];
  const data = ["--data", join(folder, "server")];
  const state = ["--state", join(folder, "gateway")];
  const air = join(folder, "air");
  const end = () => {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", end);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(0));
  // Any ports: a Server of one's own may have the usual ones.
  const place = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--hosts", "127.0.0.1"];
  const says = /running at (\S+)[\s\S]*--pin (sha256\/\S+)/;
  const [, address, pin] = await started("server/server.js", [...data, ...place], says, children);
  told("server/server.js", ["users", "add", userID, ...data], `${password}\n`);
  const server = ["--server", address, "--pin", pin];
  await started(
    "gateway/gateway.js",
    [...state, ...server, "--radio", `virtual:${air}`, "--page", "127.0.0.1:0"],
    /running/,
    children,
  );
  told("gateway/gateway.js", ["enrol", ...state], `${userID}\n${password}\n`);
  process.stdout.write(
    `cpns: Server, gateway and a device, each on its own. User ID: ${userID}, password: ${password}\n` +
      `cpns: the Server's pages are at ${address}/ (its certificate is its own); Ctrl-C ends all\n`,
  );
  const page = told("gateway/gateway.js", ["page", ...state]);
  for (const line of page.trim().split("\n")) process.stdout.write(`cpns: the gateway: ${line}\n`);
  const device = spawn(process.execPath, [program("simulator/sim.js"), "--join", air, "--name", "Kitchen"], {
    stdio: "inherit",
  });
  device.on("exit", (code) => process.exit(code ?? 0));
}
