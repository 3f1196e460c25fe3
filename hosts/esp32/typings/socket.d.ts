declare module "socket" {
  export class Socket {
    static readonly CONNECTED: 1;
    static readonly READ: 2;
    static readonly WRITE: 3;
    static readonly DISCONNECTED: -1;
    static readonly ERROR: -2;
    constructor(options: { readonly host: string; readonly port: number; readonly noDelay?: boolean });
    callback: (message: number, value?: number) => void;
    /** Without a count all that has arrived. */
    read(type: typeof ArrayBuffer, count?: number): ArrayBuffer;
    write(...values: readonly ArrayBuffer[]): void;
    close(): void;
  }
}
