declare module "timer" {
  export default class Timer {
    private constructor();
    /** Milliseconds; without `repeat` it fires once and is gone. */
    static set(callback: (timer: Timer) => void, interval?: number, repeat?: number): Timer;
    static repeat(callback: (timer: Timer) => void, interval: number): Timer;
    static clear(timer: Timer | undefined): void;
    static delay(milliseconds: number): void;
  }
}
