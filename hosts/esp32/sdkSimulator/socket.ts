/** A TCP client of the SDK's older `socket` module; its typings leave out the class's constants. */
export interface TcpSocket {
  /** `value`: octets that can be read or written. */
  callback: (message: number, value?: number) => void;
  /** Without a count all that has arrived. */
  read(type: typeof ArrayBuffer, count?: number): ArrayBuffer;
  /** Octets that can be written now. */
  write(): number;
  write(...values: readonly ArrayBuffer[]): void;
  close(): void;
}

export interface TcpSocketClass {
  new (options: { readonly host: string; readonly port: number; readonly noDelay?: boolean }): TcpSocket;
  readonly connected: number;
  readonly readable: number;
  readonly writable: number;
}
