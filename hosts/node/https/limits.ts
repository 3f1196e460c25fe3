import type { Milliseconds } from "../../../src/base/units.js";

export interface RateLimits {
  /** Requests a second that an address may make in the long run. */
  readonly rate: number;
  /** Requests that it may make at once. */
  readonly burst: number;
  /** Addresses that are remembered; the one that has been silent for longest is forgotten for a newer one. */
  readonly addresses: number;
}

/**
 * A budget of requests for each address (a token bucket), bounded in memory. IPv6 addresses count by their /64, which is
 * what one customer gets.
 */
export class AddressBudget {
  readonly #limits: RateLimits;
  readonly #now: () => Milliseconds;
  /** In the order of their last request. */
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(limits: RateLimits, now: () => Milliseconds) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Whether this address could take one now. */
  has(address: string): boolean {
    const { rate, burst } = this.#limits;
    const known = this.#buckets.get(networkOf(address));
    if (known === undefined) return true;
    return Math.min(burst, known.tokens + (Math.max(0, this.#now() - known.at) / 1000) * rate) >= 1;
  }

  /** True when this address may go on; seconds to wait are told by `retryAfter`. */
  take(address: string): boolean {
    const { rate, burst, addresses } = this.#limits;
    const name = networkOf(address);
    const now = this.#now();
    const known = this.#buckets.get(name) ?? { tokens: burst, at: now };
    this.#buckets.delete(name);
    const tokens = Math.min(burst, known.tokens + (Math.max(0, now - known.at) / 1000) * rate);
    const allowed = tokens >= 1;
    this.#buckets.set(name, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > addresses) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return allowed;
  }

  /** What was taken for nothing is given back. */
  giveBack(address: string): void {
    const known = this.#buckets.get(networkOf(address));
    if (known !== undefined) known.tokens = Math.min(this.#limits.burst, known.tokens + 1);
  }

  /** Whole seconds until an empty budget has one request again. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil(1 / this.#limits.rate));
  }
}

/** The first 64 bits of an IPv6 address, any other as it is; an IPv4 address that is mapped into IPv6 as IPv4. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  if (tail === undefined) return left.slice(0, 4).join(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = new Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
