import assert from "node:assert/strict";
import { told } from "../emulatedChip.js";
import { BluetoothBench } from "./bench.js";
import { HeapWatch } from "./heapWatch.js";

/** The first links grow what grows once; then nothing may. */
const first = 5;
const between = 5;
/** After so many links a long run says what it has seen. */
const saidEvery = 500;
/** The least that Bluetooth has, in milliseconds: a run is long enough. */
const supervision = 100;
/** Octets a link. */
const steepest = 1;

describe("the heap of a chip in QEMU over many links", () => {
  const bench = new BluetoothBench();
  const count = Number(told("CPNS_EMULATOR_RECONNECTS"));
  /** Whoever interrupts the run wants to know what it has seen until then. */
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };

  before(async () => {
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    await bench.start({ alone: true });
  });

  after(async () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await bench.close();
  });

  afterEach(function () {
    if (this.currentTest?.state !== "failed") return;
    const { restarts, heard, said } = bench.chip;
    process.stderr.write(`${restarts} restarts; ${bench.faults}\n${heard.slice(-1_000)}\n${said}\n`);
  });

  it(`does not shrink: ${count} centrals connect, ask for the MTU, look for the service, and go or vanish`, async function () {
    this.timeout(60_000 + 10_000 * count);
    const { chip } = bench;
    await chip.shows("welcome");
    const heap = new HeapWatch();
    const say = (): boolean => process.stdout.write(`${heap.said}\n`);
    try {
      for (let i = 1; i <= count && !interrupted; i++) {
        const central = await bench.connect(supervision);
        await central.exchangeMtu();
        await central.find();
        if (i % 10 === 0) central.vanish();
        else central.disconnect();
        await bench.advertises();
        if (i >= first && i % between === 0) heap.saw(i, await chip.memory());
        if (i % saidEvery === 0 && i < count) say();
      }
    } finally {
      say();
    }
    assert.ok(heap.taken <= steepest, `each link takes ${heap.taken} octets`);
    assert.equal(chip.restarts, 0);
    assert.deepEqual(bench.faults, []);
    assert.ok(!interrupted, "it was interrupted");
  });
});
