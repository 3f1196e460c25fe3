/** A piece of an L2CAP frame as it goes over a connection. */
export interface AclData {
  /** The first piece of its frame. */
  readonly first: boolean;
  readonly octets: Uint8Array;
}

/** What the central asks to encrypt with, beside the key itself: both are zero for LE Secure Connections. */
export interface KeyRequest {
  readonly random: Uint8Array;
  readonly diversifier: Uint8Array;
}

/** HCI error codes (Core specification, vol. 1, part F). */
export const Reason = Object.freeze({
  keyMissing: 0x06,
  wrongKey: 0x3d,
  supervisionTimeout: 0x08,
  limitExceeded: 0x09,
  remoteUser: 0x13,
  localHost: 0x16,
});

/** One end of a connection on the link layer; what is not listened to is lost. */
export class LinkEnd {
  onData: (data: AclData) => void = () => {};
  /** Once, with an HCI error code. */
  onClosed: (reason: number) => void = () => {};
  /** Of a peripheral's: the central wants encryption. `answer` takes the key, or none. */
  onKeyRequest: (request: KeyRequest, answer: (key?: Uint8Array) => void) => void = (_, answer) => answer();
  /** With an HCI error code; 0 when it is encrypted, `anew` when it was before. */
  onEncrypted: (status: number, anew: boolean) => void = () => {};
  readonly #link: AclLink;

  constructor(link: AclLink) {
    this.#link = link;
  }

  /** `sent`: it has left the sender's buffer. */
  send(data: AclData, sent: () => void = () => {}): void {
    this.#link.carry(this, { first: data.first, octets: data.octets.slice() }, sent);
  }

  close(reason: number = Reason.remoteUser): void {
    this.#link.close(this, reason);
  }

  /** Of a central's: `onEncrypted` follows, of both. */
  encrypt(key: Uint8Array, request: KeyRequest): void {
    this.#link.encrypt(key, request);
  }

  /** Loses its power: it hears nothing more, and its peer when the supervision timeout has passed. */
  vanish(): void {
    this.#link.vanish(this);
  }
}

/** A connection between a central and a peripheral. Data arrives in order, in a later turn of the event loop. */
export class AclLink {
  readonly central: LinkEnd;
  readonly peripheral: LinkEnd;
  readonly #supervision: number;
  readonly #open = new Set<LinkEnd>();
  #silent = false;
  #encrypted = false;

  /** `supervision` in milliseconds. */
  constructor(supervision: number) {
    this.#supervision = supervision;
    this.central = new LinkEnd(this);
    this.peripheral = new LinkEnd(this);
    this.#open.add(this.central).add(this.peripheral);
  }

  carry(from: LinkEnd, data: AclData, sent: () => void): void {
    setImmediate(() => {
      if (!this.#open.has(from) || this.#silent) return;
      sent();
      const to = from === this.central ? this.peripheral : this.central;
      if (this.#open.has(to)) to.onData(data);
    });
  }

  encrypt(key: Uint8Array, request: KeyRequest): void {
    setImmediate(() => {
      if (this.#open.size < 2 || this.#silent) return;
      this.peripheral.onKeyRequest(request, (own) => setImmediate(() => this.#compare(key, own)));
    });
  }

  #compare(key: Uint8Array, own: Uint8Array | undefined): void {
    if (this.#open.size < 2 || this.#silent) return;
    if (own === undefined) return this.central.onEncrypted(Reason.keyMissing, this.#encrypted);
    if (Buffer.compare(key, own) !== 0) {
      for (const end of [...this.#open]) this.#end(end, Reason.wrongKey);
      return;
    }
    const anew = this.#encrypted;
    this.#encrypted = true;
    for (const end of [this.peripheral, this.central]) end.onEncrypted(0, anew);
  }

  close(by: LinkEnd, reason: number): void {
    if (!this.#open.has(by)) return;
    this.#end(by, Reason.localHost);
    const other = by === this.central ? this.peripheral : this.central;
    if (!this.#silent) this.#end(other, reason);
  }

  vanish(end: LinkEnd): void {
    if (!this.#open.delete(end)) return;
    this.#silent = true;
    setTimeout(() => {
      for (const left of [...this.#open]) this.#end(left, Reason.supervisionTimeout);
    }, this.#supervision);
  }

  /** The central never hears its peer, who has not noticed the connection. */
  fail(reason: number): void {
    this.#open.delete(this.peripheral);
    this.#silent = true;
    this.#end(this.central, reason);
  }

  #end(end: LinkEnd, reason: number): void {
    if (!this.#open.delete(end)) return;
    setImmediate(() => end.onClosed(reason));
  }
}
