/** A piece of an L2CAP frame as it goes over a connection. */
export interface AclData {
  /** The first piece of its frame. */
  readonly first: boolean;
  readonly octets: Uint8Array;
}

/** HCI error codes (Core specification, vol. 1, part F). */
export const Reason = Object.freeze({
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
