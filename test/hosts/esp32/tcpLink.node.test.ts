import assert from "node:assert/strict";
import { TcpLink } from "../../../hosts/esp32/sdkSimulator/tcpLink.js";
import { startExternal } from "../../../hosts/simulator/external/command.js";
import { nodeSockets } from "../../../hosts/simulator/external/nodeSocket.js";
import { WallClock } from "../../../hosts/simulator/world/clock.js";
import { switchOn } from "../../../src/device/firmware.js";
import { FrameReader, frame, Kind } from "../../../src/link/virtualRadio.js";
import { TestBoard } from "../../device/board.js";
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
    board.type("alice");
    board.type("correct horse");
    await until(() => board.screen?.id === "enrolled" || board.screen?.id === "error", "enrolled");
    assert.equal(board.screen?.id, "enrolled", board.screen?.lines.join(" "));
    await until(() => board.screen?.id === "home", "home");
    board.press({ kind: "named", key: "enter" });
    await until(() => board.screen?.id === "joined" || board.screen?.id === "error", "joined");
    assert.equal(board.screen?.id, "joined", board.screen?.lines.join(" "));
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
