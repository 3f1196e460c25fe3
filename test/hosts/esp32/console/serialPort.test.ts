import assert from "node:assert/strict";
import { type Serial, type SerialClass, SerialPort } from "../../../../hosts/esp32/console/serialPort.js";
import { ascii } from "../../../../src/base/octets.js";

type Options = ConstructorParameters<SerialClass>[0];

/** A chip's serial port with room for `size` octets, as the SDK has it: too much at once throws. */
function port(size: number) {
  const sent: number[] = [];
  const got: string[] = [];
  let held = 0;
  let options: Options | undefined;
  let arrived: ArrayBuffer | undefined;
  const serial: Serial = {
    read: () => arrived,
    write: (octets) => {
      if (octets.length > size - held) throw new Error("output full");
      held += octets.length;
      sent.push(...octets);
    },
  };
  class Sdk {
    constructor(given: Options) {
      options = given;
      Object.assign(this, serial);
    }
  }
  const console = new SerialPort(Sdk as unknown as SerialClass, { port: 0, transmit: 1, receive: 3 });
  console.open((octets) => void got.push(String.fromCharCode(...octets)));
  return {
    console,
    got,
    options: () => options,
    sent: () => String.fromCharCode(...sent.splice(0)),
    /** Somebody else writes. */
    takes: (octets: number) => {
      held += octets;
    },
    drains: () => {
      held = 0;
      options?.onWritable.call(serial, size);
    },
    arrives: (text: string | undefined) => {
      arrived = text === undefined ? undefined : (ascii(text).buffer as ArrayBuffer);
      options?.onReadable.call(serial);
    },
  };
}

describe("the console's serial port", () => {
  it("is the one that the manifest names, at the rate that terminals begin with, with both callbacks", () => {
    const { transmit, receive, baud, onReadable, onWritable, ...rest } = port(8).options() as Options;
    assert.deepEqual([transmit, receive, baud, rest.port], [1, 3, 115_200, 0]);
    assert.ok(typeof onReadable === "function" && typeof onWritable === "function");
  });

  it("sends what fits, and the rest when there is room again", () => {
    const { console, sent, drains } = port(8);
    console.write(ascii("before it is ready"));
    assert.equal(sent(), "");
    drains();
    assert.equal(sent(), "before i");
    console.write(ascii(", and more"));
    assert.equal(sent(), "");
    drains();
    drains();
    drains();
    assert.equal(sent(), "t is ready, and more");
  });

  it("sends at once while there is room", () => {
    const { console, sent, drains } = port(8);
    drains();
    console.write(ascii("abc"));
    console.write(ascii("def"));
    console.write(new Uint8Array(0));
    assert.equal(sent(), "abcdef");
    console.write(ascii("ghi"));
    assert.equal(sent(), "gh");
  });

  it("loses nothing where somebody else has filled it", () => {
    const { console, sent, drains, takes } = port(8);
    drains();
    takes(6);
    console.write(ascii("abcdef"));
    assert.equal(sent(), "");
    drains();
    assert.equal(sent(), "abcdef");
    // What nobody told of is found by the next that is written.
    takes(2);
    console.write(ascii("gh"));
    assert.equal(sent(), "");
    takes(-8);
    console.write(ascii("i"));
    assert.equal(sent(), "g");
  });

  it("is full when more waits than a person reads, and not any more when that is sent", () => {
    const { console, drains } = port(128);
    console.write(new Uint8Array(2_048));
    assert.ok(!console.full);
    console.write(new Uint8Array(1));
    assert.ok(console.full);
    drains();
    assert.ok(!console.full);
  });

  it("hands on what has come, and nothing when nothing has", () => {
    const { got, arrives } = port(8);
    arrives("state\r");
    arrives(undefined);
    assert.deepEqual(got, ["state\r"]);
  });
});
