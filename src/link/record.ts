import { concat, wipe } from "../base/octets.js";
import type { Clock } from "../base/ports.js";
import { Milliseconds, type Seconds, toMilliseconds } from "../base/units.js";
import { type DirectionKey, type RecordKeys, recordKeys } from "../crypto/keys/recordKeys.js";
import { resumptionSecret, ticketID } from "../crypto/keys/resumption.js";
import type { Secret } from "../crypto/secret.js";
import { type Suite, suite1 } from "../crypto/suite.js";
import { LinkError } from "./errors.js";
import type { Ticket } from "./ticket.js";
import { emptyWindow, mark, seen } from "./window.js";

/**
 * Encrypted records after a handshake (docs/PROTOCOL.md, Records). A record of a link or of PNE and Server is
 * 0x01 ‖ counter (4) ‖ ciphertext ‖ tag (16); between PN GW and Server, where no connection names the session, it is
 * 0x02 ‖ sid (8) ‖ counter (4) ‖ ciphertext ‖ tag (16). AAD is the header; the nonce is IV xor counter.
 */
export const linkRecord = 0x01;
export const sessionRecord = 0x02;
export const linkHeaderLength = 5;
export const sessionHeaderLength = 13;
export const recordOverhead = linkHeaderLength + suite1.lengths.tag;

/** Counters a session may use; far below what ChaCha20-Poly1305 or four octets allow. */
export const maximumRecords = 0x100000;
const maximumCounter = 0xffffffff;
/** Lifetime of every session (GWA-01). */
export const sessionLifetime = 3600 as Seconds;

export interface SessionLimits {
  readonly records: number;
  readonly lifetime: Seconds;
}
export const defaultLimits: SessionLimits = Object.freeze({
  records: maximumRecords,
  lifetime: sessionLifetime,
});

/** The last part of its time and of its counters in which a session is renewed while it still works. */
const renewalShare = 1 / 8;
/** A renewal inside the session takes records itself. */
const renewalRecords = 4;

function nonce(iv: Uint8Array, counter: number): Uint8Array {
  const out = iv.slice();
  for (let i = 0; i < 4; i++) (out[11 - i] as number) ^= (counter >>> (8 * i)) & 0xff;
  return out;
}

function header(counter: number, sid?: Uint8Array): Uint8Array {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, counter);
  return sid === undefined
    ? concat(Uint8Array.of(linkRecord), octets)
    : concat(Uint8Array.of(sessionRecord), sid, octets);
}

/** Seals one record. The caller keeps the counter and never uses one twice. Throws LinkError("record.expired"). */
export function sealRecord(
  suite: Suite,
  direction: DirectionKey,
  counter: number,
  plaintext: Uint8Array,
  sid?: Uint8Array,
): Uint8Array {
  // A counter that wrapped would use a nonce twice.
  if (counter > maximumCounter) throw new LinkError("record.expired", "counter");
  const head = header(counter, sid);
  return concat(head, suite.seal(direction.key.octets, nonce(direction.iv, counter), plaintext, head));
}

/** A record as it stands, not opened yet. */
export interface ParsedRecord {
  readonly counter: number;
  /** Between PN GW and Server. */
  readonly sid: Uint8Array | undefined;
  /** The header: AAD. */
  readonly head: Uint8Array;
  readonly sealed: Uint8Array;
}

/** Undefined for what is no record. */
export function parseRecord(record: Uint8Array): ParsedRecord | undefined {
  const length = record[0] === linkRecord ? linkHeaderLength : sessionHeaderLength;
  if (record[0] !== linkRecord && record[0] !== sessionRecord) return undefined;
  if (record.length < length + suite1.lengths.tag) return undefined;
  const counter = new DataView(record.buffer, record.byteOffset + length - 4).getUint32(0);
  const sid = record[0] === sessionRecord ? record.slice(1, 9) : undefined;
  return { counter, sid, head: record.subarray(0, length), sealed: record.subarray(length) };
}

/** The plaintext, whatever the counter: the caller has to see to it that none is taken twice. Throws LinkError("record.forged"). */
export function openParsed(
  suite: Suite,
  direction: DirectionKey,
  { counter, head, sealed }: ParsedRecord,
): Uint8Array {
  const plaintext = suite.open(direction.key.octets, nonce(direction.iv, counter), sealed, head);
  if (plaintext === undefined) throw new LinkError("record.forged");
  return plaintext;
}

/**
 * Opens one record whose counter must be greater than `received`. Throws LinkError: record.form, record.replay,
 * record.forged.
 */
export function openRecord(
  suite: Suite,
  direction: DirectionKey,
  received: number,
  record: Uint8Array,
): { readonly plaintext: Uint8Array; readonly counter: number } {
  const parsed = parseRecord(record);
  if (parsed === undefined) throw new LinkError("record.form");
  const { counter } = parsed;
  if (counter <= received) throw new LinkError("record.replay", `${counter} after ${received}`);
  return { plaintext: openParsed(suite, direction, parsed), counter };
}

export interface RecordLayerOptions {
  readonly suite: Suite;
  readonly clock: Pick<Clock, "now">;
  /** Ownership passes: it is wiped. */
  readonly sk: Secret;
  readonly role: "initiator" | "responder";
  readonly sid?: Uint8Array;
  readonly limits?: SessionLimits;
  /** A resumed session ends when the one would have that it continues. */
  readonly until?: Milliseconds;
  /** How often it may be resumed; not at all unless told. */
  readonly resumptions?: number;
  /** What the peer sends may arrive in another order: an answer overtakes what was told unasked. Not unless told. */
  readonly unordered?: boolean;
}

/** Both directions of one session in memory, with its limits. */
export class RecordLayer {
  readonly #suite: Suite;
  readonly #clock: Pick<Clock, "now">;
  readonly #keys: RecordKeys;
  readonly #initiator: boolean;
  readonly #sid: Uint8Array | undefined;
  readonly #records: number;
  readonly until: Milliseconds;
  /** From when on the session wants to be renewed. */
  readonly renewFrom: Milliseconds;
  readonly #unordered: boolean;
  #ticket: Ticket | undefined;
  #next = 1;
  #window = emptyWindow;

  constructor(options: RecordLayerOptions) {
    const { suite, clock, sk, resumptions: left = 0 } = options;
    this.#suite = suite;
    this.#clock = clock;
    this.#keys = recordKeys(suite, sk);
    this.#initiator = options.role === "initiator";
    this.#sid = options.sid;
    this.#unordered = options.unordered === true;
    const { records, lifetime } = options.limits ?? defaultLimits;
    this.#records = records;
    const span = toMilliseconds(lifetime);
    this.until = options.until ?? Milliseconds(clock.now() + span);
    this.renewFrom = Milliseconds(this.until - span * renewalShare);
    if (left > 0) this.#ticket = { secret: resumptionSecret(suite, sk), until: this.until, left };
    sk.wipe();
  }

  /** False when the time or the counters of the session are used up (GWA-01): authenticate again. */
  get alive(): boolean {
    return this.#inTime && this.#next <= this.#records && this.#window.received < this.#records;
  }

  /** True while it still works and should be renewed, so that nothing has to wait when it ends (GWA-01, GWA-02). */
  get renewalDue(): boolean {
    const left = this.#records - Math.max(this.#next - 1, this.#window.received);
    return (
      this.#clock.now() >= this.renewFrom || left <= Math.max(this.#records * renewalShare, renewalRecords)
    );
  }

  get #inTime(): boolean {
    return this.#clock.now() < this.until;
  }

  /** By which the peer would ask to resume it; undefined when it cannot be resumed. */
  get ticketID(): Uint8Array | undefined {
    return this.#ticket && ticketID(this.#suite, this.#ticket.secret);
  }

  /** The right to continue this session elsewhere, once, while its time lasts; it is the caller's to wipe. */
  takeTicket(): Ticket | undefined {
    const ticket = this.#ticket;
    this.#ticket = undefined;
    if (this.#inTime) return ticket;
    ticket?.secret.wipe();
    return undefined;
  }

  /** A fresh record. Throws LinkError("record.expired"). */
  seal(plaintext: Uint8Array): Uint8Array {
    if (!this.#inTime || this.#next > this.#records) throw new LinkError("record.expired");
    return sealRecord(this.#suite, this.#direction(this.#initiator), this.#next++, plaintext, this.#sid);
  }

  /** The plaintext, fresh. Throws LinkError: record.expired, and what `openRecord` throws. */
  open(record: Uint8Array): Uint8Array {
    if (!this.#inTime) throw new LinkError("record.expired");
    const direction = this.#direction(!this.#initiator);
    const parsed = parseRecord(record);
    if (parsed === undefined) throw new LinkError("record.form");
    const { counter } = parsed;
    const { received } = this.#window;
    const fresh = this.#unordered ? seen(this.#window, counter) === "new" : counter > received;
    if (!fresh) throw new LinkError("record.replay", `${counter} after ${received}`);
    const plaintext = openParsed(this.#suite, direction, parsed);
    this.#window = this.#unordered
      ? mark(this.#window, counter)
      : { received: counter, bits: emptyWindow.bits };
    if (counter <= this.#records) return plaintext;
    wipe(plaintext);
    throw new LinkError("record.expired", "counter");
  }

  /** The counter of the next record. */
  get next(): number {
    return this.#next;
  }

  /**
   * The plaintext of the answer to the record with this counter: it bears the same one. Answers may come in any order;
   * the caller takes one for each. Throws LinkError: record.form, record.replay for another counter, record.forged,
   * record.expired once the session was wiped.
   */
  openAnswer(counter: number, record: Uint8Array): Uint8Array {
    const parsed = parseRecord(record);
    if (parsed === undefined) throw new LinkError("record.form");
    if (parsed.counter !== counter) throw new LinkError("record.replay", `${parsed.counter} for ${counter}`);
    return openParsed(this.#suite, this.#direction(!this.#initiator), parsed);
  }

  /** A wiped session has ended: what was under way meets an error that its receiver expects, not a missing key. */
  #direction(outward: boolean): DirectionKey {
    const direction = outward ? this.#keys.initiatorToResponder : this.#keys.responderToInitiator;
    if (direction.key.wiped) throw new LinkError("record.expired", "wiped");
    return direction;
  }

  wipe(): void {
    this.#keys.initiatorToResponder.key.wipe();
    this.#keys.responderToInitiator.key.wipe();
    this.#ticket?.secret.wipe();
    this.#ticket = undefined;
  }
}
