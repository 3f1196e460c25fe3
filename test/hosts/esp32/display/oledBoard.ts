import type { I2CWriterConstructor } from "../../../../hosts/esp32/display/mono/ssd1306.js";

/** An SSD1306 as its data sheet has it: takes commands and data, and shows its memory. */
export class OledBoard {
  readonly memory = new Uint8Array(1024).fill(0xa5);
  plugged = true;
  on = false;
  contrast = 0x7f;
  open = 0;
  transfers = 0;
  octets = 0;
  #columns = [0, 127];
  #pages = [0, 7];
  #column = 0;
  #page = 0;

  get io(): I2CWriterConstructor {
    const board = this;
    return class {
      constructor(options: { address: number }) {
        if (board.open > 0) throw new RangeError("duplicate address");
        if (options.address !== 0x3c) throw new RangeError("wrong address in this test");
        board.open++;
      }

      write(octets: Uint8Array): void {
        if (!board.plugged) throw new Error("write failed");
        if (octets.length > 129) throw new Error("longer than a row");
        board.transfers++;
        board.octets += octets.length + 1;
        if (octets[0] === 0x40) for (const octet of octets.subarray(1)) board.#data(octet);
        else if (octets[0] === 0) board.#commands([...octets.subarray(1)]);
        else throw new Error("neither commands nor data");
      }

      close(): void {
        board.open--;
      }
    };
  }

  #data(octet: number): void {
    this.memory[this.#page * 128 + this.#column] = octet;
    if (this.#column++ < (this.#columns[1] as number)) return;
    this.#column = this.#columns[0] as number;
    this.#page = this.#page < (this.#pages[1] as number) ? this.#page + 1 : (this.#pages[0] as number);
  }

  #commands(list: number[]): void {
    const withOperand = [0xd5, 0xa8, 0xd3, 0x8d, 0x20, 0xda, 0x81, 0xd9, 0xdb];
    while (list.length > 0) {
      const command = list.shift() as number;
      if (command === 0x21 || command === 0x22) this.#window(command === 0x21, list.splice(0, 2));
      else if (command === 0xae || command === 0xaf) this.on = command === 0xaf;
      else if (command === 0xa8) {
        if (list.shift() !== 63) throw new Error("not 64 rows");
      } else if (command === 0x81) this.contrast = list.shift() ?? 0;
      else if (withOperand.includes(command)) list.shift();
      else if (![0x40, 0xa1, 0xc8, 0xa4, 0xa6, 0x2e].includes(command)) throw new Error(`command ${command}`);
    }
  }

  #window(columns: boolean, [from, to]: readonly number[]): void {
    const most = columns ? 127 : 7;
    if (from === undefined || to === undefined || from > to || to > most) throw new Error("bad window");
    if (columns) {
      this.#columns = [from, to];
      this.#column = from;
    } else {
      this.#pages = [from, to];
      this.#page = from;
    }
  }
}
