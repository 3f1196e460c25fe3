/** Sensors of ECMA-419, as far as the sample applications use them. */
declare module "embedded:sensor/Humidity-Temperature/SHT3x" {
  export default class SHT3x {
    constructor(options: {
      readonly sensor: {
        readonly io: unknown;
        readonly data: number;
        readonly clock: number;
        readonly hz: number;
      };
    });
    /** Throws when nobody acknowledges; no temperature when its check value does not fit. */
    sample(): { readonly thermometer: { readonly temperature?: number } };
    close(): void;
  }
}
