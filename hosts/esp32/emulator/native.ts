/** The functions of c/cpnsEmulator.c, by the names that SerialPorts has for them. */

export function open(this: unknown, port: number): void {
  native("xs_cpns_uart_open").call(this, port);
}

export function read(this: unknown, port: number): ArrayBuffer | undefined {
  return native("xs_cpns_uart_read").call(this, port);
}

export function room(this: unknown, port: number): number {
  return native("xs_cpns_uart_room").call(this, port);
}

export function write(this: unknown, port: number, octets: ArrayBuffer): void {
  native("xs_cpns_uart_write").call(this, port, octets);
}

/** JSON of what is left of the heap and of each task's stack, in octets. */
export function memory(this: unknown): string {
  return native("xs_cpns_memory").call(this);
}

/** Microseconds since the start. */
export function time(this: unknown): number {
  return native("xs_cpns_time").call(this);
}

/** Those of them in which there was nothing to do. */
export function idle(this: unknown): number {
  return native("xs_cpns_idle").call(this);
}

/** Never returns, and no interrupt comes any more. */
export function stall(this: unknown): never {
  return native("xs_cpns_stall").call(this);
}
