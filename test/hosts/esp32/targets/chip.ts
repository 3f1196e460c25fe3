import assert from "node:assert/strict";
import type { RegisterChip } from "../../../../hosts/esp32/targets/shared/registers.js";

/** A chip whose registers begin as `at`, and everything that was done to it. */
export class Chip implements RegisterChip {
  readonly registers = new Uint8Array(256);
  readonly done: string[];
  readonly #name: string;

  constructor(at: Readonly<Record<number, number>>, done: string[] = [], name = "") {
    this.done = done;
    this.#name = name;
    for (const [register, value] of Object.entries(at)) this.registers[Number(register)] = value;
  }

  readUint8(register: number): number {
    return this.registers[register] as number;
  }

  writeUint8(register: number, value: number): void {
    assert.ok(value >= 0 && value <= 0xff, `${register} takes ${value}`);
    this.registers[register] = value;
    this.done.push(`${this.#name}${register.toString(16)}=${value.toString(16)}`);
  }

  wait(ms: number): void {
    this.done.push(`wait ${ms}`);
  }

  at(...registers: readonly number[]): readonly number[] {
    return registers.map((register) => this.registers[register] as number);
  }
}
