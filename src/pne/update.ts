import { equalBytes } from "../base/octets.js";
import { attempt } from "../base/outcome.js";
import { Milliseconds } from "../base/units.js";
import { encodeMessage } from "../codec/message.js";
import { KeptRecord } from "../keystore/record.js";
import { SlotRecord } from "../keystore/slots.js";
import { Report } from "../protocols/data/report.js";
import { fetchChunk } from "../protocols/update/chunk.js";
import {
  factsOf,
  type ImageFacts,
  imageIDLength,
  isHeader,
  signedLength,
} from "../protocols/update/image.js";
import { damagedPause, UpdateKind } from "../protocols/update/kinds.js";
import { updateReport } from "../protocols/update/messages.js";
import type { Connection } from "./connection.js";
import type { Core } from "./core.js";
import type { UpdateView } from "./ports.js";
import { withFreshSessions } from "./sessionRenewal.js";
import type { UpdatePorts } from "./updatePorts.js";
import { noSlot, nothing, type UpdateData, updateRecord } from "./updateRecord.js";

/** An image that runs and has not reached its gateway for so long gives way to the one before. */
export const trialTime = Milliseconds(1_800_000);
/** How often an image may start to prove itself, or come damaged. */
export const maximumTrials = 3;
/** Between two chunks, so that the gateway and the person have their turn. */
const chunkPause = Milliseconds(10);
/** Octets after which the person sees how far it is. */
const shownStep = 8_192;
/** How far it is comes to flash so seldom: what a power cut costs to fetch again. */
export const progressStep = 65_536;

/** The image that its signer, and the person, want. */
interface Wanted extends ImageFacts {
  readonly id: Uint8Array;
  offset: number;
  /** The person, or a device without one, has said yes. */
  agreed: boolean;
}

/**
 * Update of the firmware by the gateway of the PN (docs/PROTOCOL.md, Update): verified by its header, fetched in chunks
 * into the slot that does not run, read back, switched to, and confirmed by the new image once it is in a PN.
 */
export class Update {
  readonly #core: Core;
  readonly #ports: UpdatePorts;
  readonly #record: KeptRecord<UpdateData>;
  #wanted: Wanted | undefined;
  #fetching = false;
  /** No offer is taken: it is about to restart, or what came last was damaged. */
  #closed = false;
  /** When the last beginning is paid for. */
  #due = 0;

  constructor(core: Core, ports: UpdatePorts) {
    this.#core = core;
    this.#ports = ports;
    const slots = new SlotRecord(ports.store, core.ports.suite, "upd", core.ports.log);
    this.#record = new KeptRecord(slots, updateRecord);
    core.update = this;
  }

  /** The image has still to reach its gateway. */
  get trial(): boolean {
    return this.#ports.slots.trial;
  }

  get view(): UpdateView | undefined {
    const wanted = this.#wanted;
    if (wanted === undefined) return undefined;
    const version = wanted.version;
    return wanted.agreed ? { version, fraction: wanted.offset / wanted.length } : { version };
  }

  get #data(): UpdateData {
    return this.#record.value ?? nothing;
  }

  #keep(change: Partial<UpdateData>): void {
    this.#record.write({ ...this.#data, ...change });
  }

  /** Its owner is another one, who has said yes to nothing; the counter stays. */
  forget(): void {
    this.#wanted = undefined;
    attempt(() => {
      if (this.#data.offset > 0) this.#keep({ offset: 0 });
    });
  }

  /** Once, at the start; what cannot be written now is written at the next. */
  start(): void {
    const { slots } = this.#ports;
    if (this.#core.store.state === "empty") this.forget();
    if (slots.trial) {
      this.#core.ports.clock.after(trialTime, () => {
        if (slots.trial) slots.rollBack();
      });
    } else attempt(() => this.#data.slot === slots.current && this.#settle());
  }

  /** What runs is the one that was switched to, and stays. */
  #settle(): void {
    const data = this.#data;
    this.#keep({ counter: Math.max(data.counter, data.next), running: data.image, slot: noSlot });
  }

  /** The device is in a PN: its gateway and Server have proven themselves, and it has to them. */
  joined(): void {
    if (!this.trial) return;
    const confirmed = attempt(() => {
      this.#ports.slots.confirm();
      this.#settle();
    });
    const { image } = this.#data;
    // Of one that came by cable, or before the note was erased, there is nothing to tell.
    if ("value" in confirmed && image.length > 0)
      this.#core.fresh(() => this.#report(image, UpdateKind.confirmed));
  }

  // ── Offers ──

  /** What the gateway of the PN offers. */
  offered(header: Uint8Array): void {
    // The other slot holds what a trial goes back to, or what is about to start.
    if (this.#link === undefined || this.#closed || this.trial) return;
    const id = header.slice(72, 72 + imageIDLength);
    const wanted = this.#wanted;
    // On a new link, or because the gateway has forgotten: it goes on where it was.
    if (wanted !== undefined && equalBytes(wanted.id, id)) {
      this.#fetch();
      return;
    }
    const judged = attempt(() => this.#judge(header, id));
    const kind = "error" in judged ? UpdateKind.broken : judged.value;
    if (kind !== undefined) this.#report(id, kind);
  }

  /** Why it is not taken; undefined when it is. Throws StoreError. */
  #judge(header: Uint8Array, id: Uint8Array): UpdateKind | undefined {
    const core = this.#core;
    const ports = this.#ports;
    const data = this.#data;
    if (ports.publicKey === undefined) return UpdateKind.noKey;
    if (!isHeader(header)) return UpdateKind.form;
    const signed = header.subarray(0, signedLength);
    if (!ports.verify(ports.publicKey, signed, header.subarray(signedLength))) return UpdateKind.notSigned;
    const facts = factsOf(header);
    if (facts.board !== ports.board) return UpdateKind.otherBoard;
    if (equalBytes(data.running, id)) {
      // Signed again, against what was before it.
      if (facts.counter > data.counter) this.#keep({ counter: facts.counter });
      return UpdateKind.confirmed;
    }
    if (facts.counter < Math.max(ports.counter, data.counter)) return UpdateKind.older;
    if (facts.length > ports.slots.capacity) return UpdateKind.tooBig;
    const known = equalBytes(data.image, id);
    if (known && data.trials >= maximumTrials) return UpdateKind.failed;
    const offset = known && ports.slots.begun ? data.offset : 0;
    if (offset === 0 && !this.#mayBegin()) return undefined;
    // A power cut does not ask the person twice; what has failed once does.
    const agreed = !core.ports.policy.hasUI || (offset > 0 && data.trials === 0);
    this.#wanted = { ...facts, id, offset, agreed };
    core.tell();
    if (agreed) this.#fetch();
    else core.ports.notify({ kind: "updateOffered" });
    return undefined;
  }

  /** What is fetched from its beginning erases flash, which wears: six at once, and one in ten minutes from then on. */
  #mayBegin(): boolean {
    const now = this.#core.ports.clock.now();
    const due = Math.max(this.#due, now);
    if (due > now + 5 * damagedPause) return false;
    this.#due = due + damagedPause;
    return true;
  }

  /** What the person says. */
  answer(yes: boolean): void {
    const wanted = this.#wanted;
    if (wanted === undefined || wanted.agreed) return;
    wanted.agreed = yes;
    if (!yes) return this.#end(UpdateKind.later);
    this.#core.tell();
    this.#fetch();
  }

  #end(kind: UpdateKind): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    this.#core.tell();
    if (wanted !== undefined) this.#report(wanted.id, kind);
  }

  /** As soon as nothing else runs; lost with its link, after which the gateway asks again. */
  #report(image: Uint8Array, kind: UpdateKind): void {
    const link = this.#link;
    this.#core.ports.log.event("update.told", { kind });
    link?.whenFree(() => {
      if (this.#link !== link) return;
      const octets = encodeMessage(updateReport, link.nextExchange(), { kind, image });
      this.#core.quietly(link, new Report("update", octets));
    });
  }

  // ── Fetching ──

  /** The link to the gateway of the PN, as long as it is protected. */
  get #link(): Connection | undefined {
    const core = this.#core;
    const connection = core.connection;
    if (connection === undefined || core.joined?.away !== false) return undefined;
    return connection.protected || connection.link.secure ? connection : undefined;
  }

  #fetch(): void {
    const link = this.#link;
    const { joined } = this.#core;
    const wanted = this.#wanted;
    if (this.#fetching || wanted?.agreed !== true || link === undefined || joined === undefined) return;
    if (wanted.offset >= wanted.length) return this.#install(wanted);
    this.#fetching = true;
    link.whenFree(() =>
      withFreshSessions(this.#core, joined, link, false, () => {
        if (this.#link === link && !link.busy) this.#chunk(link, wanted);
        else this.#next();
      }),
    );
  }

  #next(): void {
    this.#core.ports.clock.after(chunkPause, () => {
      this.#fetching = false;
      this.#fetch();
    });
  }

  /** What does not come is asked for again when the gateway offers it again. */
  #chunk(link: Connection, wanted: Wanted): void {
    link.runQuietly(fetchChunk(wanted, link.nextExchange()), (outcome) => {
      if ("error" in outcome) {
        this.#fetching = false;
        // The gateway's owner has thought better of it.
        if (outcome.error.code === "result.notListed") this.#wanted = undefined;
        this.#core.tell();
      } else {
        if (this.#wanted === wanted) this.#written(wanted, outcome.value);
        this.#next();
      }
    });
  }

  #written(wanted: Wanted, chunk: Uint8Array): void {
    const image = wanted.id;
    const offset = wanted.offset;
    const next = offset + chunk.length;
    const done = attempt(() => {
      if (!equalBytes(this.#data.image, image)) this.#keep({ image, offset: 0, slot: noSlot, trials: 0 });
      this.#ports.slots.write(offset, chunk);
      if (next % progressStep === 0 || next === wanted.length) this.#keep({ offset: next });
    });
    wanted.offset = next;
    if ("error" in done) this.#end(UpdateKind.broken);
    else if (next % shownStep === 0) this.#core.tell();
  }

  /** It is all there: read back, and started. */
  #install(wanted: Wanted): void {
    const ports = this.#ports;
    const slots = ports.slots;
    const done = attempt(() => {
      const trials = this.#data.trials + 1;
      if (!equalBytes(slots.hash(wanted.length), wanted.hash)) {
        this.#closed = true;
        this.#core.ports.clock.after(damagedPause, () => {
          this.#closed = false;
        });
        this.#keep({ offset: 0, trials });
        return UpdateKind.damaged;
      }
      this.#keep({ slot: 1 - slots.current, next: wanted.counter, trials });
      slots.activate();
      this.#closed = true;
      ports.restart();
      return UpdateKind.restarting;
    });
    this.#end("error" in done ? UpdateKind.broken : done.value);
  }
}
