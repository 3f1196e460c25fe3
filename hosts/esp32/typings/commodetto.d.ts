declare module "commodetto/Bitmap" {
  export default class Bitmap {
    static readonly RGB565LE: number;
    private constructor();
    readonly width: number;
    readonly height: number;
  }
}
declare module "commodetto/Poco" {
  import type Bitmap from "commodetto/Bitmap";
  import type { Font } from "commodetto/parseBMF";
  export default class Poco {
    /** `pixels`: of its buffer; `displayListLength`: octets for the commands of one area. */
    constructor(
      screen: unknown,
      options?: {
        readonly displayListLength?: number;
        readonly pixels?: number;
        /** Must be that of the build. */
        readonly rotation?: 0 | 90 | 180 | 270;
      },
    );
    readonly width: number;
    readonly height: number;
    begin(x?: number, y?: number, width?: number, height?: number): void;
    /** Sends what was begun, and begins another area of the same frame. */
    continue(x: number, y: number, width: number, height: number): void;
    /** Throws "display list overflow" when one area took more commands than there is room for. */
    end(): void;
    makeColor(r: number, g: number, b: number): number;
    fillRectangle(color: number, x: number, y: number, width: number, height: number): void;
    drawText(text: string, font: Font, color: number, x: number, y: number, width?: number): void;
    drawGray(
      bits: Bitmap,
      color: number,
      x: number,
      y: number,
      sx: number,
      sy: number,
      sw: number,
      sh: number,
    ): void;
    getTextWidth(text: string, font: Font): number;
  }
}
declare module "commodetto/parseBMF" {
  export interface Font {
    readonly height: number;
    readonly ascent: number;
  }
  export default function parseBMF(resource: unknown): Font;
}
declare module "commodetto/parseBMP" {
  import type Bitmap from "commodetto/Bitmap";
  export default function parseBMP(resource: unknown): Bitmap;
}
declare module "commodetto/BufferOut" {
  /** A display in memory. */
  export default class BufferOut {
    constructor(options: { readonly width: number; readonly height: number; readonly pixelFormat: number });
    readonly buffer: ArrayBuffer;
  }
}
declare module "Resource" {
  /** A file of the manifest's resources, read where it lies in flash. Throws when there is none of this name. */
  export default class Resource {
    constructor(name: string);
  }
}
