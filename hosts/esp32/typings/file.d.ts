declare module "file" {
  export class File {
    /** With `write` an absent file is made. */
    constructor(path: string, write?: boolean);
    read(type: typeof ArrayBuffer, count?: number): ArrayBuffer;
    read(type: typeof String, count?: number): string;
    write(...values: readonly (ArrayBuffer | string)[]): void;
    close(): void;
    readonly length: number;
    position: number;
    static exists(path: string): boolean;
    static delete(path: string): boolean;
    static rename(from: string, to: string): boolean;
  }
  export class Directory {
    private constructor();
    /** Does nothing when it is there. */
    static create(path: string): boolean;
  }
}
