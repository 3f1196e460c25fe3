declare module "socket" {
  export class Socket {
    static readonly connected: 1;
    static readonly readable: 2;
    static readonly writable: 3;
    static readonly error: -2;
    static readonly disconnected: -1;
    constructor(options: { readonly host: string; readonly port: number; readonly noDelay?: boolean });
    /** `value`: octets that can be read or written. */
    callback: (message: number, value?: number) => void;
    /** Without a count all that has arrived. */
    read(type: typeof ArrayBuffer, count?: number): ArrayBuffer;
    /** Octets that can be written now. */
    write(): number;
    write(...values: readonly ArrayBuffer[]): void;
    close(): void;
  }
}
