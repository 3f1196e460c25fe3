/** Events that wait for the broker; of more, the oldest are dropped. */
const mostEvents = 64;
/** How old, in ms, an event may be when the broker hears of it: who rang a minute ago has gone. */
export const oldestEvent = 60_000;

interface Waiting {
  readonly topic: string;
  readonly payload: string;
  readonly since: number;
}

/** Events in their order, between the devices that say them and a broker that may be away or slow. */
export class EventBuffer {
  readonly #dropped: (topic: string) => void;
  readonly #now: () => number;
  readonly #waiting: Waiting[] = [];

  /** `now` in ms, of a clock that nobody sets. */
  constructor(dropped: (topic: string) => void, now: () => number = () => performance.now()) {
    this.#dropped = dropped;
    this.#now = now;
  }

  add(topic: string, payload: string): void {
    if (this.#waiting.length >= mostEvents) this.#drop();
    this.#waiting.push({ topic, payload, since: this.#now() });
  }

  /** Publishes what is not too old, until `publish` takes no more. */
  drain(publish: (topic: string, payload: string) => boolean): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#now() - next.since > oldestEvent) this.#drop();
      else if (publish(next.topic, next.payload)) this.#waiting.shift();
      else return;
    }
  }

  #drop(): void {
    const gone = this.#waiting.shift();
    if (gone !== undefined) this.#dropped(gone.topic);
  }
}
