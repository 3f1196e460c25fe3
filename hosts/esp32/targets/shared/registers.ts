// Set-ups of boards are modules named "setup/…", from where this one is "../shared/registers" as it is here.

/** A chip behind its bus: registers of 8 bits. */
export interface RegisterChip {
  readUint8(register: number): number;
  writeUint8(register: number, value: number): void;
}

/** Steps one after the other, three numbers each: register, the bits of it that are kept, the bits that are set. */
export type Steps = readonly number[];

/** Takes the steps in their order. */
export function takeSteps(chip: RegisterChip, steps: Steps): void {
  for (let i = 0; i < steps.length; i += 3) {
    const register = steps[i] as number;
    const kept = chip.readUint8(register) & (steps[i + 1] as number);
    chip.writeUint8(register, kept | (steps[i + 2] as number));
  }
}
