declare module "time" {
  const Time: {
    /** Milliseconds since the boot, 32 bits: wraps after 49.7 days. */
    readonly ticks: number;
    /** Right across the wrap. */
    delta(start: number, end?: number): number;
  };
  export default Time;
}
