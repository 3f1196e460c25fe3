import assert from "node:assert/strict";
import type { TcpSocket } from "../../../hosts/esp32/sdkSimulator/socket.js";
import { TcpLink } from "../../../hosts/esp32/sdkSimulator/tcpLink.js";
import { startExternal } from "../../../hosts/simulator/external/command.js";
import { nodeSockets } from "../../../hosts/simulator/external/nodeSocket.js";
import { WallClock } from "../../../hosts/simulator/world/clock.js";
import { Milliseconds } from "../../../src/base/units.js";
import { switchOn } from "../../../src/device/firmware.js";
import { AdvertisedState } from "../../../src/link/service.js";
import { FrameReader, frame, Kind } from "../../../src/link/virtualRadio.js";
import type { GatewayConnection } from "../../../src/pne/ports.js";
import { TestBoard } from "../../device/board.js";
import { ManualClock } from "../../support/manualClock.js";
import { until } from "../../support/until.js";

describe("the firmware over TCP, in the air of the simulator", () => {
  const clock = new WallClock();
  let network: Awaited<ReturnType<typeof startExternal>>;

  class WallBoard extends TestBoard {
    override readonly clock = clock as never;
    override readonly radio = new TcpLink({
      Socket: nodeSockets({ host: "127.0.0.1", port: network.listener.port }),
      host: "127.0.0.1",
      port: network.listener.port,
      clock,
    }) as never;

    type(text: string): void {
      for (const letter of text) this.press({ kind: "character", code: letter.charCodeAt(0) });
      this.press({ kind: "named", key: "enter" });
    }
  }

  before(async () => {
    const users = [{ userID: "alice", password: "correct horse" }];
    network = await startExternal({ port: 0, mtu: 23, users }, () => {});
  });

  after(() => {
    network.stop();
    clock.stop();
  });

  it("enrols and joins at an MTU of 23, by the same fragments as over BLE (EUK-UI-02, PNI-14b)", async () => {
    const board = new WallBoard();
    switchOn(board);
    await until(() => board.screen?.id === "welcome", "welcome");
    board.press({ kind: "named", key: "enter" });
    await until(() => board.screen?.id === "userID", "the gateway");
    board.type("alice");
    board.type("correct horse");
    await until(() => board.screen?.id === "enrolled" || board.screen?.id === "error", "enrolled");
    assert.equal(board.screen?.id, "enrolled", board.screen?.lines.join(" "));
    await until(() => board.screen?.id === "home", "home");
    for (let i = 0; i < 2; i++) board.press({ kind: "named", key: "enter" });
    await until(() => ["joined", "started", "error"].includes(board.screen?.id ?? ""), "joined");
    assert.notEqual(board.screen?.id, "error", board.screen?.lines.join(" "));
  });
});

describe("the firmware over TCP, where nobody listens", () => {
  /** As the SDK's on Linux: a connection that was refused is told as one that stands, until it is written to. */
  class RefusedSocket implements TcpSocket {
    static readonly connected = 1;
    static readonly readable = 2;
    static readonly writable = 3;
    static readonly made: RefusedSocket[] = [];
    callback: TcpSocket["callback"] = () => {};
    closed = 0;

    constructor() {
      RefusedSocket.made.push(this);
    }
    read(): ArrayBuffer {
      throw new Error("read on closed socket");
    }
    write(): never {
      throw new Error("write failed");
    }
    close(): void {
      this.closed++;
      assert.equal(this.closed, 1, "close on closed socket");
    }
  }

  it("is up, and looks again for as long as it wants to be found", () => {
    const clock = new ManualClock();
    const link = new TcpLink({ Socket: RefusedSocket, host: "127.0.0.1", port: 7590, clock });
    let ready = 0;
    const never = (): never => assert.fail("there is no link");
    link.start("CPNS", {
      ready: () => {
        ready++;
        link.advertise(AdvertisedState.needsEnrolment);
      },
      connected: never,
      received: never,
      disconnected: never,
    });
    for (let i = 0; i < 5; i++) {
      RefusedSocket.made[i]?.callback(RefusedSocket.connected);
      clock.advance(Milliseconds(500));
    }
    assert.equal(ready, 1);
    assert.equal(RefusedSocket.made.length, 6);
    assert.deepEqual(
      RefusedSocket.made.map(({ closed }) => closed),
      [1, 1, 1, 1, 1, 0],
    );
  });
});

describe("the firmware over TCP, at the end of a link", () => {
  class OpenSocket implements TcpSocket {
    static readonly connected = 1;
    static readonly readable = 2;
    static readonly writable = 3;
    static last: OpenSocket;
    callback: TcpSocket["callback"] = () => {};
    readonly written: number[] = [];
    #arrived = new Uint8Array(0);

    constructor() {
      OpenSocket.last = this;
    }
    read(): ArrayBuffer {
      return this.#arrived.buffer as ArrayBuffer;
    }
    write(): number;
    write(...values: readonly ArrayBuffer[]): void;
    write(...values: readonly ArrayBuffer[]): number {
      for (const value of values) this.written.push(new Uint8Array(value)[2] as number);
      return 1024;
    }
    close(): void {}
    arrives(octets: Uint8Array): void {
      this.#arrived = Uint8Array.from(octets);
      this.callback(OpenSocket.readable, octets.length);
    }
  }

  it("advertises what it wants next only then: nothing of the old link comes after it", () => {
    const clock = new ManualClock();
    const link = new TcpLink({ Socket: OpenSocket, host: "127.0.0.1", port: 7590, clock });
    let connection: GatewayConnection | undefined;
    link.start("CPNS", {
      ready: () => link.advertise(AdvertisedState.freeToJoin),
      connected: (made) => {
        connection = made;
        return true;
      },
      received: () => {},
      disconnected: () => {},
    });
    const socket = OpenSocket.last;
    socket.callback(OpenSocket.connected);
    socket.arrives(frame(Kind.connected, Uint8Array.of(0, 100, 0)));
    // The PN GW may have ended the link at the same time, and its word of it be on its way.
    link.advertise(AdvertisedState.wanting);
    connection?.disconnect();
    assert.deepEqual(socket.written, [Kind.advertise, Kind.disconnect]);
    socket.arrives(frame(Kind.disconnect));
    assert.deepEqual(socket.written, [Kind.advertise, Kind.disconnect, Kind.advertise]);
    socket.arrives(frame(Kind.connected, Uint8Array.of(0, 100, 0)));
    socket.arrives(frame(Kind.disconnect));
    assert.equal(socket.written.length, 3);
  });
});

describe("frames between the firmware's simulator and the simulator", () => {
  const taken = (chunks: readonly Uint8Array[]): { frames: string[]; good: boolean } => {
    const frames: string[] = [];
    const reader = new FrameReader((kind, payload) => frames.push(`${kind}:${[...payload]}`));
    const good = chunks.every((chunk) => reader.push(chunk));
    return { frames, good };
  };

  it("come out as they went in, however TCP cuts them", () => {
    const stream = [...frame(Kind.fragment, Uint8Array.of(1, 2, 3)), ...frame(Kind.disconnect)];
    const expected = ["2:1,2,3", "3:"];
    assert.deepEqual(taken([Uint8Array.from(stream)]).frames, expected);
    assert.deepEqual(taken(stream.map((octet) => Uint8Array.of(octet))).frames, expected);
  });

  it("are refused when they are empty or longer than any can be", () => {
    assert.equal(taken([Uint8Array.of(0, 0, 1)]).good, false);
    assert.equal(taken([Uint8Array.of(2, 0, 1)]).good, false);
  });
});
