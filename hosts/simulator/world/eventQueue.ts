export interface QueuedEvent {
  readonly at: number;
  readonly order: number;
  /** Undefined once it was cancelled. */
  fire: (() => unknown) | undefined;
}

const before = (a: QueuedEvent, b: QueuedEvent): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** Cancelled events that may stay in the heap before it is made anew without them. */
const tolerated = 64;

/** Events in order of time, then of their making: a binary heap, in which cancelled events wait for their turn. */
export class EventQueue {
  #heap: QueuedEvent[] = [];
  #order = 0;
  #cancelled = 0;

  add(at: number, fire: () => unknown): QueuedEvent {
    const event: QueuedEvent = { at, order: this.#order++, fire };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  cancel(event: QueuedEvent): void {
    if (event.fire === undefined) return;
    event.fire = undefined;
    this.#cancelled++;
    if (this.#cancelled <= tolerated || this.#cancelled * 2 < this.#heap.length) return;
    // A sorted array is a heap.
    this.#heap = this.#heap.filter((one) => one.fire !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  /** The time of the next event, or undefined when there is none. */
  next(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.fire !== undefined) return top.at;
      this.#pop();
      this.#cancelled--;
    }
    return undefined;
  }

  /** Takes the next event out; from here on it cannot be cancelled. */
  take(): (() => unknown) | undefined {
    if (this.next() === undefined) return undefined;
    const event = this.#pop();
    const fire = event?.fire;
    if (event !== undefined) event.fire = undefined;
    return fire;
  }

  #pop(): QueuedEvent | undefined {
    const top = this.#heap[0];
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return top;
  }

  #rise(at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapUnlessBefore(parent, at)) return;
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      if (left === undefined) return;
      const child = right !== undefined && before(right, left) ? 2 * at + 2 : 2 * at + 1;
      if (!this.#swapUnlessBefore(at, child)) return;
      at = child;
    }
  }

  /** True when parent and child had to change places. */
  #swapUnlessBefore(parent: number, child: number): boolean {
    const [upper, lower] = [this.#heap[parent], this.#heap[child]];
    if (upper === undefined || lower === undefined || before(upper, lower)) return false;
    this.#heap[parent] = lower;
    this.#heap[child] = upper;
    return true;
  }
}
