import assert from "node:assert/strict";
import { lightOf } from "../../apps/neopixel/pixels.js";
import { bme280 } from "../../apps/thermometer/bme280.js";
import type { I2CDevice } from "../../apps/thermometer/i2c.js";
import { sensorOn } from "../../apps/thermometer/sensors.js";
import { check, sht3x } from "../../apps/thermometer/sht3x.js";
import { thermometer } from "../../apps/thermometer/thermometer.js";
import { fromHex, hex } from "../../src/base/octets.js";
import { Bench } from "./bench.js";

/** What a sensor of a data sheet answers to what it was told last; undefined: it does not acknowledge. */
type Chip = (told: string) => string | undefined;

/** A bus with chips by their address, each of which may be unplugged; `said` is all that happened on it. */
function busOf(chips: Map<number, Chip>) {
  const said: string[] = [];
  let open = 0;
  const bus = {
    wait: (delay: number) => void said.push(`${delay} ms`),
    open: (address: number): I2CDevice => {
      open++;
      let told = "";
      const answered = (): string => {
        const octets = chips.get(address)?.(told);
        if (octets === undefined) throw new Error("no acknowledgement");
        return octets;
      };
      return {
        write(octets) {
          told = hex(octets);
          answered();
          said.push(`${address.toString(16)}: ${told}`);
        },
        read: (into) => into.set(fromHex(answered()).subarray(0, into.length)),
        close: () => void open--,
      };
    },
  };
  return { bus, said, open: () => open };
}

/** 0xbeef is 85.5 °C; its check value 0x92 is the example of clause 4.12. */
const sht3xAt =
  (answer: string): Chip =>
  (told) =>
    told === "2400" ? answer : "";

/** T1, T2 and T3 as in the example of Bosch's data sheets (BMP280, clause 3.12), which has 519 888 as 25.08 °C. */
const bme280At =
  (raw: string, chip = "60"): Chip =>
  (told) =>
    new Map([
      ["d0", chip],
      ["88", "706b436718fc"],
      ["f421", ""],
      ["fa", raw],
    ]).get(told);
const example = "7eed00";

const read = (chips: readonly (readonly [number, Chip])[]): number | undefined => {
  const value = sensorOn(busOf(new Map(chips)).bus).read();
  return value === undefined ? undefined : Math.round(value * 100) / 100;
};

describe("an SHT3x on I2C", () => {
  it("has the check value of its data sheet", () => {
    assert.equal(check(Uint8Array.of(0xbe, 0xef)), 0x92);
  });

  it("measures once, and waits as long as the data sheet says", () => {
    const { bus, said } = busOf(new Map([[0x44, sht3xAt("beef92")]]));
    const measure = sht3x(bus.open(0x44), bus.wait);
    assert.equal(measure().toFixed(2), "85.52");
    assert.deepEqual(said, ["44: 2400", "16 ms"]);
  });

  it("has a scale from -45 to 130 degrees, at either of its addresses", () => {
    assert.equal(read([[0x45, sht3xAt("000081")]]), -45);
    assert.equal(read([[0x45, sht3xAt("ffffac")]]), 130);
  });

  it("is not believed when a bit of what it says is another", () => {
    for (const answer of ["beff92", "bfef92", "beef93", "ffffff", "000000"])
      assert.equal(read([[0x44, sht3xAt(answer)]]), undefined, answer);
  });
});

describe("a BME280 on I2C", () => {
  it("has the temperature of the data sheet's example, at either of its addresses", () => {
    assert.equal(read([[0x76, bme280At(example)]]), 25.08);
    assert.equal(read([[0x77, bme280At(example)]]), 25.08);
    // A BMP280 measures in the same way.
    assert.equal(read([[0x77, bme280At(example, "58")]]), 25.08);
  });

  it("is asked for its kind and what its factory measured once, and then for each temperature", () => {
    const { bus, said } = busOf(new Map([[0x76, bme280At(example)]]));
    const measure = bme280(bus.open(0x76), bus.wait);
    assert.deepEqual(said.splice(0), ["76: d0", "76: 88"]);
    measure();
    measure();
    assert.deepEqual(said, ["76: f421", "5 ms", "76: fa", "76: f421", "5 ms", "76: fa"]);
  });

  it("says nothing while it has measured nothing, and no other chip is taken for one", () => {
    assert.equal(read([[0x76, bme280At("800000")]]), undefined);
    assert.equal(read([[0x76, bme280At(example, "61")]]), undefined);
  });
});

describe("the thermometer's bus", () => {
  it("is looked over for whatever is there, at each reading, and holds one device open at most", () => {
    const chips = new Map<number, Chip>();
    const { bus, open } = busOf(chips);
    const sensor = sensorOn(bus);
    assert.deepEqual([sensor.read(), open()], [undefined, 0]);
    chips.set(0x76, bme280At(example));
    assert.equal(sensor.read()?.toFixed(2), "25.08");
    chips.set(0x44, sht3xAt("beef92"));
    assert.equal(sensor.read()?.toFixed(2), "25.08");
    assert.equal(open(), 1);
    // Another in its place.
    chips.delete(0x76);
    assert.equal(sensor.read()?.toFixed(2), "85.52");
    assert.equal(open(), 1);
    chips.clear();
    assert.deepEqual([sensor.read(), open()], [undefined, 0]);
    sensor.close();
    assert.equal(open(), 0);
  });
});

describe("a bus that cannot be opened", () => {
  it("is one on which no sensor answers, and is tried again", () => {
    const { bus } = busOf(new Map([[0x76, bme280At(example)]]));
    let broken = true;
    const sensor = sensorOn({
      ...bus,
      open: (address) => {
        if (broken) throw new Error("no such pin");
        return bus.open(address);
      },
    });
    assert.equal(sensor.read(), undefined);
    broken = false;
    assert.equal(sensor.read()?.toFixed(2), "25.08");
  });
});

describe("the chip's own sensor", () => {
  const own = () => {
    const said: string[] = [];
    const chip = {
      read: () => {
        said.push("read");
        return 41.5;
      },
      close: () => void said.push("closed"),
    };
    return { said, chip };
  };

  it("stands in while no sensor has answered, and its page says so", () => {
    const { bus } = busOf(new Map());
    const { chip, said } = own();
    const sensor = sensorOn(bus, chip);
    const bench = new Bench().run(thermometer(() => sensor));
    assert.deepEqual(bench.handlers.page?.(), ["41.5 °C", "Of the chip: no sensor."]);
    bench.handlers.stop?.();
    assert.deepEqual(said, ["read", "closed"]);
  });

  it("is let go of with the first sensor that answers, and does not come back when that is unplugged", () => {
    const chips = new Map([[0x76, bme280At(example)]]);
    const { chip, said } = own();
    const sensor = sensorOn(busOf(chips).bus, chip);
    const bench = new Bench().run(thermometer(() => sensor));
    assert.deepEqual(bench.handlers.page?.(), ["25.1 °C"]);
    chips.clear();
    assert.equal(sensor.read(), undefined);
    assert.deepEqual(said, ["closed"]);
  });
});

describe("a lamp of NeoPixels", () => {
  it("is white or dark as a whole, sent each time, and let go of when it is closed", () => {
    const said: string[] = [];
    const light = lightOf({
      makeRGB: (red, green, blue) => (red << 16) | (green << 8) | blue,
      fill: (color) => void said.push(color.toString(16)),
      update: () => void said.push("sent"),
      close: () => void said.push("closed"),
    });
    light.set(true);
    light.set(false);
    light.close();
    assert.deepEqual(said, ["ffffff", "sent", "0", "sent", "closed"]);
  });
});
