import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RecordedMessage } from "../hosts/simulator/network/recorder.js";
import { Method } from "../src/codec/methods.js";
import { fragmentCount } from "../src/link/fragment.js";
import { encodeTopicMessage, maximumNumber } from "../src/protocols/topics/message.js";
import {
  discovery,
  invitation,
  leaving,
  pnRegistration,
  reading,
  recordFamily,
  recordReading,
  rekeying,
  routed,
  userRegistration,
} from "./family.js";
import { nativeCrypto } from "./native.js";
import {
  authentication,
  enrolment,
  establishment,
  figures,
  installed,
  recordAtGateway,
  recordRun,
  resumption,
  rotation,
  underTemporaryKey,
} from "./network.js";
import { authenticationCost, enrolmentCost, networkCost } from "./serverCore.js";
import { pressesOf } from "./typing.js";

/** `npm run bench`: measured against budget; with --check, non-zero when a deterministic budget is exceeded. */

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const budgets = JSON.parse(readFileSync(join(root, "bench/budgets.json"), "utf8")) as Record<string, number>;
/** What must not be fallen short of. */
const floors = JSON.parse(readFileSync(join(root, "bench/floors.json"), "utf8")) as Record<string, number>;
const xsFigures = join(root, "build/xs/figures.json");
const screenFigures = join(root, "build/xs/screens.json");
const chipFigures = join(root, "build/emulator/figures.json");
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const measured = new Map<string, number>();

function procedure(
  all: readonly RecordedMessage[],
  key: string,
  title: string,
  names: readonly string[],
): void {
  const { messages, octets, largest, roundTrips, radio } = figures(all, names);
  say(`\n${title}`);
  say("  message                                 octets   fragments at ATT_MTU 23 / 185 / 247");
  for (const { message, octets: size, protectedBy } of messages) {
    const counts = [23, 185, 247].map((mtu) => `${fragmentCount(size, mtu)}`.padStart(3)).join(" /");
    const lock = protectedBy === undefined ? "" : "  record";
    say(`  ${(message?.name ?? "").padEnd(38)} ${`${size}`.padStart(7)}  ${counts}${lock}`);
  }
  say(
    `  in all ${octets} octets, largest ${largest}, ${roundTrips} round trips, ${radio} ms of radio at 30 ms`,
  );
  measured.set(`${key}.octets`, octets);
  // A fragment has 2 octets of header, the first of a message 4.
  const headers = messages.reduce((sum, one) => sum + 2 + 2 * fragmentCount(one.octets, 185), 0);
  measured.set(`${key}.onAir`, octets + headers);
  measured.set(`${key}.largest`, largest);
  measured.set(`${key}.roundTrips`, roundTrips);
  measured.set(`${key}.radio`, radio);
  const at185 = messages.reduce((sum, one) => sum + fragmentCount(one.octets, 185), 0);
  measured.set(`${key}.fragments185`, at185);
}

/** Between PN GW and Server, where nothing is cut into fragments. */
function backhaul(
  all: readonly RecordedMessage[],
  key: string,
  title: string,
  names: readonly string[],
): void {
  const { messages, octets } = figures(all, names);
  say(`\n${title}`);
  for (const { message, octets: size } of messages) {
    say(`  ${(message?.name ?? "").padEnd(38)} ${`${size}`.padStart(7)}`);
  }
  say(`  in all ${octets} octets`);
  measured.set(`${key}.octets`, octets);
}

/** Figures of a run that was made before: `prefix` goes before their names. */
function madeBefore(file: string, prefix: string, title: string, otherwise: string): void {
  if (!existsSync(file)) {
    say(`\nskipped: ${otherwise}`);
    return;
  }
  say(`\n${title}`);
  const found = JSON.parse(readFileSync(file, "utf8")) as Record<string, number | string>;
  for (const [name, value] of Object.entries(found)) {
    say(`  ${name.padEnd(38)} ${`${value}`.padStart(10)}`);
    if (typeof value === "number") measured.set(`${prefix}${name}`, value);
  }
}

function runsBefore(): void {
  madeBefore(
    xsFigures,
    "xs.",
    "On XS, the device's engine (peak is the run's alone: what modules keep in RAM on a device is not in it)",
    "figures of the XS engine, because no XS run has been made; make one with: npm test",
  );
  // A letter typed, masked as a password's, a row of a menu, a step of progress: what is drawn again.
  madeBefore(
    screenFigures,
    "screens.",
    "The screens on XS, per key press: pixels that are sent, byte codes; and all memory of UI and display",
    "figures of the screens on XS, because no run has been made; make one with: npm test",
  );
  madeBefore(
    chipFigures,
    "",
    "A chip's image in QEMU, in instructions: calls of its cryptography, a letter typed, and what a person does",
    "instructions of a chip, because no run in an emulator has been made; make one with: npm run test:emulator",
  );
}

function verdict(): boolean {
  say("\nBudgets                                  measured     budget");
  let held = true;
  for (const [name, budget] of Object.entries(budgets)) {
    const value = measured.get(name);
    if (value === undefined) {
      say(`  ${name.padEnd(36)} ${"not run".padStart(10)} ${`${budget}`.padStart(10)}`);
      continue;
    }
    const within = value <= budget;
    held &&= within;
    say(
      `  ${name.padEnd(36)} ${`${value}`.padStart(10)} ${`${budget}`.padStart(10)}  ${within ? "ok" : "EXCEEDED"}`,
    );
  }
  say("\nFloors");
  for (const [name, floor] of Object.entries(floors)) {
    const value = measured.get(name);
    const within = value === undefined || value >= floor;
    held &&= within;
    const judged = value === undefined ? "" : within ? "ok" : "FALLEN SHORT OF";
    say(
      `  ${name.padEnd(36)} ${`${value ?? "not run"}`.padStart(10)} ${`${floor}`.padStart(10)}  ${judged}`.trimEnd(),
    );
  }
  return held;
}

/** Several devices in one PN, on the air and between PN GW and Server. */
async function together(): Promise<void> {
  const all = await recordFamily();
  const of = (device: string | undefined): RecordedMessage[] => all.filter((one) => one.device === device);
  procedure(of("second"), "invitation", "PN establishment with three, at one that is invited", invitation);
  procedure(
    all.filter((one) => one.device !== undefined),
    "routed",
    "Data from one member to another",
    routed,
  );
  procedure(await recordReading(), "reading", "A reading to the PN GW, and that it has arrived", reading);
  // With the greatest number that a message may have.
  const plaintext = encodeTopicMessage({ number: maximumNumber, topic: "temperature", value: -21.55 });
  measured.set("reading.plaintext", plaintext.length);
  procedure(of("second"), "rekey", "PNE and Server, new session inside the PN", rekeying);
  procedure(
    all.filter((one) => one.device !== undefined),
    "leave",
    "A member leaves: itself, and one that stays",
    leaving,
  );
  backhaul(of(undefined), "pnRegistration", "PN of three, PN GW and Server", pnRegistration);
  backhaul(of(undefined), "registration", "User ID and password, PN GW and Server", userRegistration);
}

for (const [method, key] of [
  [Method.spake2plus, "enrolment"],
  [Method.scram, "enrolmentScram"],
] as const) {
  const title = `EUKey assignment, method ${key === "enrolment" ? "spake2plus" : "scram"} (without discovery)`;
  procedure(await recordRun(method), key, title, enrolment(method));
}
const all = await recordRun(Method.spake2plus);
procedure(all, "authentication", "PNE and PN GW, mutual authentication with the LocalEUKey", authentication);
procedure(all, "discovery", "PNE and PN GW, first words on a connection", discovery);
procedure(all, "resume", "PNE and PN GW, resumption after a lost link (no discovery)", resumption);
procedure(all, "establishment", "PN establishment, 1-1, PNE initiated", establishment);
const secret = await recordRun(Method.spake2plus, true);
const offered = "with forward secrecy offered by both";
procedure(secret, "authenticationFS", `PNE and PN GW, mutual authentication, ${offered}`, authentication);
procedure(secret, "establishmentFS", `PN establishment, 1-1, ${offered}`, establishment);
const installing = await recordAtGateway("credentials");
procedure(
  installing,
  "install",
  "Credentials for a device without UI, secure PAN, before EUKey assignment",
  installed,
);
const temporary = await recordAtGateway("temporaryKey");
procedure(temporary, "temporary", "EUKey under the Temporary Key, device without UI", underTemporaryKey);
procedure(temporary, "rotation", "Replacement of that EUKey, before its confirmation", rotation);
await together();
runsBefore();
say("\nPresses a letter on three buttons, over 2 000 random passwords of 12 characters");
for (const alphabet of ["lowercase", "any"] as const) {
  const presses = pressesOf(alphabet);
  say(
    `  ${`${alphabet}${alphabet === "any" ? " of 95 characters" : ""}`.padEnd(38)} ${presses.toFixed(2).padStart(10)}`,
  );
  measured.set(`typing.${alphabet}`, presses);
}
try {
  await nativeCrypto(say, measured);
} catch (error) {
  process.stderr.write(`cpns: ${(error as Error).message}\n`);
  process.exit(1);
}
say("\nThe Server's own code on this machine             ms of CPU   of it in node:crypto");
for (const [key, cost] of [
  ["enrolment", await enrolmentCost(Method.spake2plus, "spake2plus")],
  ["enrolmentScram", await enrolmentCost(Method.scram, "scram")],
  ["authentication", await authenticationCost()],
  ["network", await networkCost()],
] as const) {
  const { name, all, share, counts } = cost;
  say(`  ${name.padEnd(44)}${all.toFixed(2).padStart(9)}${`${Math.round(100 * share)} %`.padStart(22)}`);
  for (const [counted, count] of Object.entries(counts)) measured.set(`server.${key}.${counted}`, count);
}
if (!verdict() && process.argv.includes("--check")) {
  process.stderr.write(
    "cpns: a budget of bench/budgets.json is exceeded, or a floor of bench/floors.json not reached\n",
  );
  process.exit(1);
}
