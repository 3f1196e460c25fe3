import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { skipped } from "../support/skipped.js";
import { toyCurve } from "../support/toyCurve.js";
import { buildXsOrSkip, here, root } from "./build.js";
import { deviceLimits, scaled, XsDevice, type XsExit, type XsLimits, type XsReport } from "./device.js";
import { Station } from "./deviceUnderTest.js";
import { Command, type Told } from "./frames.js";

/**
 * The run needs no more chunks and slots than these beside its preloaded modules. Peaks include garbage that is not
 * collected before memory is short: so they are figures of need only when the limits are tight. The stack is not
 * tight here: at its far end the engine keeps scratch, which hides the peak when the two meet.
 */
const tightLimits: XsLimits = Object.freeze({ chunks: 8192, slots: 1856, stack: 1024 });

/** Room for noble's big numbers, which a device computes with in native code. */
const curveLimits: XsLimits = Object.freeze({ chunks: 400_000, slots: 20_000, stack: 1024 });

interface Run {
  readonly enrolled: Told;
  readonly joined: Told;
  readonly answered: Told;
  readonly exit: XsExit;
}

describe("the PNE on XS, the device's engine, with a device's memory", function () {
  this.timeout(120_000);
  let xs: string;
  let width: 32 | 64;
  let device: XsDevice | undefined;

  before(async function () {
    ({ path: xs, width } = await buildXsOrSkip(this, "the PNE on XS"));
  });

  afterEach(() => {
    device?.kill();
    device = undefined;
  });

  const programs = {
    spake2plus: [`${here}fixtures/nativeCurve.js`, `${here}fixtures/pne.js`],
    scram: [`${here}fixtures/pne.js`],
    measured: [`${here}fixtures/toyCurve.js`, `${here}fixtures/pne.js`],
    application: ["apart", "toyCurve", "application", "pne"].map((name) => `${here}fixtures/${name}.js`),
    apart: [`${here}fixtures/apart.js`, `${here}fixtures/toyCurve.js`, `${here}fixtures/pne.js`],
  };

  async function run(method: keyof typeof programs, limits: XsLimits): Promise<Run> {
    const on = new XsDevice(xs, programs[method], scaled(limits, width));
    device = on;
    const station = new Station(on, 182, method === "measured" || method === "apart" ? toyCurve : undefined);
    await station.start("alice", "wonderland");
    const enrolled = await station.command(Command.enrol, "alice", "wonderland");
    await station.closed();
    const joined = await station.command(Command.createPN);
    const answered = await station.command(Command.sendToServer, "to the server");
    on.close();
    return { enrolled, joined, answered, exit: await on.exit };
  }

  /** Byte codes outside of primitives to send a reading to the PN GW, the second one. */
  async function reading(): Promise<number> {
    const on = new XsDevice(xs, programs.application, scaled(curveLimits, width));
    device = on;
    const station = new Station(on, 182, toyCurve);
    await station.start("alice", "wonderland");
    await station.command(Command.enrol, "alice", "wonderland");
    await station.closed();
    await station.command(Command.createPN);
    const first = await station.command(Command.read);
    const second = await station.command(Command.read);
    assert.deepEqual([first.notice, second.notice], [{ kind: "read" }, { kind: "read" }]);
    on.close();
    await on.exit;
    return outside(second, first);
  }

  const peak = ({ slots, chunks, stack }: XsReport): number => slots + chunks + stack;

  /** What is left on a device, whose primitives are native. */
  const outside = (told: Told, before?: Told): number =>
    told.meter - told.primitives - (before === undefined ? 0 : outside(before));

  const enrolment = ({ meter, kdf, curve }: Told): number => meter - kdf - curve;

  /** The run's, and what the curve of a run with real arithmetic took. */
  function writeFigures(
    { enrolled, joined, answered }: Run,
    report: XsReport,
    { scram, real, apart }: { readonly scram: Run; readonly real: Run; readonly apart: Run },
    outsideReading: number,
  ): void {
    const { slots, chunks, stack, moduleSlots, moduleChunks, byteCode, libraryCode } = report;
    const figures = {
      meterEnrol: enrolment(enrolled),
      meterEnrolScram: enrolment(scram.enrolled),
      meterKdf: enrolled.kdf,
      meterCurve: real.enrolled.curve,
      meterJoin: joined.meter - enrolled.meter,
      meterSend: answered.meter - joined.meter,
      outsideEnrol: outside(apart.enrolled),
      outsideJoin: outside(apart.joined, apart.enrolled),
      outsideSend: outside(apart.answered, apart.joined),
      outsideReading,
      slots,
      chunks,
      stack,
      peak: peak(report),
      byteCode,
      libraryCode,
      moduleSlots,
      moduleChunks,
    };
    mkdirSync(join(root, "build/xs"), { recursive: true });
    writeFileSync(join(root, "build/xs/figures.json"), `${JSON.stringify(figures, undefined, 2)}\n`);
  }

  function expectSuccess({ enrolled, joined, answered, exit }: Run): XsReport {
    assert.equal(enrolled.notice.kind, "enrolled");
    assert.equal(joined.notice.kind, "joined", joined.notice.code);
    assert.deepEqual(answered.notice, {
      kind: "message",
      from: "server",
      text: "Server got: to the server",
    });
    assert.equal(exit.text, "");
    assert.equal(exit.code, 0);
    assert.ok(exit.report);
    return exit.report;
  }

  it("enrols by spake2plus with noble in the place of native arithmetic, joins and exchanges data", async () => {
    const done = await run("spake2plus", curveLimits);
    expectSuccess(done);
    assert.ok(done.enrolled.curve > 0);
  });

  for (const program of ["measured", "scram"] as const) {
    const method = program === "scram" ? "scram" : "spake2plus";
    it(`enrols by ${method}, joins and exchanges data within the reference device's limits`, async () => {
      const report = expectSuccess(await run(program, deviceLimits));
      // The peak is taken where the engine rounds up.
      assert.ok(report.chunks > 0 && report.chunks <= scaled(deviceLimits, width).chunks * 1.01);
      assert.ok(report.slots > 0 && report.slots <= (deviceLimits.slots * report.width) / 2);
      assert.ok(report.stack > 0 && report.stack <= (deviceLimits.stack * report.width) / 2);
      assert.ok(report.meter > 0 && report.byteCode > 0);
    });
  }

  it("does so in far less than a device has, too", async function () {
    if (width !== 32)
      skipped(this, "figures of the PNE on XS", "a C compiler for the device's 32 bits", "gcc-multilib");
    const done = await run("measured", tightLimits);
    const report = expectSuccess(done);
    const scram = await run("scram", tightLimits);
    expectSuccess(scram);
    const real = await run("spake2plus", curveLimits);
    const apart = await run("apart", curveLimits);
    assert.ok(report.collections > 0);
    assert.ok(peak(report) <= 48 * 1024);
    writeFigures(done, report, { scram, real, apart }, await reading());
  });

  it("resumes a lost link, and renews its sessions, within the reference device's limits (GWA-01)", async () => {
    const on = new XsDevice(xs, programs.scram, scaled(deviceLimits, width));
    device = on;
    const station = new Station(on, 182);
    await station.start("alice", "wonderland");
    await station.command(Command.enrol, "alice", "wonderland");
    await station.closed();
    assert.equal((await station.command(Command.createPN)).notice.kind, "joined");
    for (let i = 0; i < 30; i++) {
      if (i % 7 === 3) {
        station.dropLink();
        await station.back();
      }
      const { notice } = await station.command(Command.sendToServer, `${i}`);
      assert.equal(notice.kind, "message", `${i} ${notice.code}`);
    }
    on.close();
    const { code, text } = await on.exit;
    assert.deepEqual([code, text], [0, ""]);
    const events = ["pn.rekeyed", "pn.resumed"].map(
      (event) => station.events.filter((one) => one === event).length,
    );
    assert.ok((events[0] ?? 0) >= 2 && events[1] === 4, `${events}`);
  });

  it("names what it ran out of", async () => {
    await assert.rejects(run("scram", { ...deviceLimits, slots: 64 }), /11 xs: memory full/);
    await assert.rejects(run("scram", { ...deviceLimits, chunks: 256 }), /11 xs: memory full \(chunks\)/);
    await assert.rejects(run("scram", { ...deviceLimits, stack: 96 }), /12 xs: stack overflow/);
  });
});
