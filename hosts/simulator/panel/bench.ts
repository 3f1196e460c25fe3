import type { SentPicture } from "../display/sent.js";
import type { MakeBody } from "../network/body.js";
import type { SimulatedDevice } from "../network/device.js";
import { type BoardName, boardOf } from "./boards.js";
import { boardBody } from "./body.js";

/** Which board each device is, and what its display shows now. */
export class Bench {
  readonly #boards = new Map<string, BoardName>();
  readonly #pictures = new Map<string, SentPicture>();
  readonly #shown: (device: string, picture: SentPicture | undefined) => void;

  /** `shown` hears of every picture; of none when the power goes. */
  constructor(shown: (device: string, picture: SentPicture | undefined) => void) {
    this.#shown = shown;
  }

  /** The body of a device that is to be made. */
  body(device: string, board: BoardName): MakeBody {
    this.#boards.set(device, board);
    return boardBody(board, (picture) => {
      this.#pictures.set(device, picture);
      this.#shown(device, picture);
    });
  }

  board(device: string): BoardName {
    return this.#boards.get(device) ?? "bare";
  }

  picture(device: string): SentPicture | undefined {
    return this.#pictures.get(device);
  }

  /** Takes the device out of its housing and puts it into another one. */
  change(device: SimulatedDevice, board: BoardName): void {
    if (board !== this.board(device.id)) device.rebuild(boardOf(board).keypad, this.body(device.id, board));
  }

  /** A display without power is dark. */
  dark(device: string): void {
    this.#pictures.delete(device);
    this.#shown(device, undefined);
  }
}
