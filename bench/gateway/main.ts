import { readFileSync } from "node:fs";
import { type Hand, Household } from "../../test/support/household.js";

/*
 * `npm run bench -- gateway`: what a gateway's process takes with 64 devices in networks, over the virtual radio and HTTPS.
 * The devices are the firmware, in this process.
 */

const devices = 64;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Octets of memory that a process has now. */
const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

const home = new Household();
/** As deploy/ has it. */
home.gatewayEnvironment = { NODE_OPTIONS: "--max-semi-space-size=4" };
try {
  await home.server();
  await home.user("alice");
  const gateway = await home.gateway();
  const { code, errors } = await home.ask("enrol");
  if (code !== 0) throw new Error(errors);
  const { pid } = gateway;
  const megabytes = (): string => `${Math.round(memoryOf(pid) / 1_048_576)} MB`;
  say(`without devices: ${megabytes()}`);
  const hands: Hand[] = [];
  for (let i = 0; i < devices; i++) hands.push(home.device());
  const began = performance.now();
  await Promise.all(hands.map((hand) => hand.persists("alice", /^home: In the network/)));
  say(`${devices} devices enrolled and joined in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const { out } = await home.ask("status");
  say(`links: ${out.match(/^device /gm)?.length ?? 0}`);
  say(`with them: ${megabytes()}`);
} finally {
  await home.close();
}
