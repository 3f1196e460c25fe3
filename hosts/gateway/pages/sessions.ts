import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Milliseconds } from "../../../src/base/units.js";

/** Without anything that a person does. */
export const idleTime = Milliseconds(30 * 60_000);
const longestTime = Milliseconds(12 * 3_600_000);
/** The one that was idle for longest gives way. */
const maximumSessions = 32;
const tokenLength = 32;

/** A browser that is signed in. */
export interface Session {
  /** Sent by the page's own script with each request: another site's page cannot know it. 64 hexadecimal digits. */
  readonly token: string;
  readonly begunAt: Milliseconds;
  lastAt: Milliseconds;
}

/**
 * Who is signed in at the page, in memory: a gateway that starts anew knows nobody. The cookie's value is kept as its
 * SHA-256 only.
 */
export class Sessions {
  readonly #now: () => Milliseconds;
  readonly #ended: (session: Session) => void;
  /** In the order of their last use. */
  readonly #sessions = new Map<string, Session>();

  constructor(now: () => Milliseconds, ended: (session: Session) => void = () => {}) {
    this.#now = now;
    this.#ended = ended;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** A new one; `cookie` is told once. 64 hexadecimal digits. */
  begin(): { readonly cookie: string; readonly session: Session } {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= maximumSessions && oldest !== undefined) this.#end(oldest);
    const cookie = randomBytes(tokenLength).toString("hex");
    const now = this.#now();
    const session = { token: randomBytes(tokenLength).toString("hex"), begunAt: now, lastAt: now };
    this.#sessions.set(nameOf(cookie), session);
    return { cookie, session };
  }

  /** The session of a cookie's value; `used` when a person did something. */
  find(cookie: string | undefined, used: boolean): Session | undefined {
    if (cookie === undefined || !/^[0-9a-f]{64}$/.test(cookie)) return undefined;
    const name = nameOf(cookie);
    const session = this.#sessions.get(name);
    if (session === undefined) return undefined;
    if (!this.lives(session)) {
      this.#end(name);
      return undefined;
    }
    if (used) {
      session.lastAt = this.#now();
      this.#sessions.delete(name);
      this.#sessions.set(name, session);
    }
    return session;
  }

  /** Whether its time is not over. */
  lives({ begunAt, lastAt }: Session): boolean {
    const now = this.#now();
    return now - lastAt < idleTime && now - begunAt < longestTime;
  }

  end(session: Session): void {
    for (const [name, one] of this.#sessions) if (one === session) this.#end(name);
  }

  /** Ends all of them, but perhaps one. */
  endAll(kept?: Session): void {
    for (const [name, one] of this.#sessions) if (one !== kept) this.#end(name);
  }

  #end(name: string): void {
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    if (session !== undefined) this.#ended(session);
  }
}

const nameOf = (cookie: string): string => createHash("sha256").update(cookie).digest("hex");

/** Whether a request's header has the session's token. */
export function hasToken({ token }: Session, header: unknown): boolean {
  if (typeof header !== "string" || header.length !== token.length) return false;
  const [one, other] = [Buffer.from(header, "latin1"), Buffer.from(token, "latin1")];
  return one.length === other.length && timingSafeEqual(one, other);
}
