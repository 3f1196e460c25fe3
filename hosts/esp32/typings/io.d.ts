/** ECMA-419 IO classes, as far as drivers and applications use them. */
declare module "embedded:io/i2c" {
  export default class I2C {
    constructor(options: {
      readonly data: number;
      readonly clock: number;
      readonly hz: number;
      readonly address: number;
      /** Milliseconds. */
      readonly timeout?: number;
    });
    /** Throws when nobody acknowledges. */
    read(into: Uint8Array): number;
    write(octets: Uint8Array): void;
    close(): void;
  }
}
declare module "embedded:io/digital" {
  export default class Digital {
    static readonly Input: number;
    static readonly InputPullUp: number;
    static readonly Output: number;
    static readonly OutputOpenDrain: number;
    constructor(options: { readonly pin: number; readonly mode: number; readonly initialValue?: number });
    read(): number;
    write(value: number): void;
    close(): void;
  }
}
declare module "embedded:io/analog" {
  export default class Analog {
    constructor(options: { readonly pin: number });
    /** Bits of a value: all of them for the highest voltage that the chip measures. */
    readonly resolution: number;
    read(): number;
    close(): void;
  }
}
declare module "embedded:io/pwm" {
  export default class PWM {
    constructor(options: { readonly pin: number; readonly hz?: number });
    write(duty: number): void;
    close(): void;
  }
}
/** What it does is in console/serialPort.ts. */
declare module "embedded:io/serial" {
  export default class Serial {
    private constructor();
  }
}
declare module "embedded:io/smbus" {
  export default class SMBus {
    constructor(options: {
      readonly data: number;
      readonly clock: number;
      readonly hz: number;
      readonly address: number;
    });
    readUint8(register: number): number;
    writeUint8(register: number, value: number): void;
    close(): void;
  }
}
