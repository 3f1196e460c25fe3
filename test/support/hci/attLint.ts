import { minimumMtu, Op, u16 } from "./att.js";

export type Side = "client" | "server";

/** Which answer a request has. */
const answers: ReadonlyMap<number, number> = new Map([
  [Op.mtuRequest, Op.mtuResponse],
  [Op.findInformationRequest, Op.findInformationResponse],
  [Op.findByTypeValueRequest, Op.findByTypeValueResponse],
  [Op.readByTypeRequest, Op.readByTypeResponse],
  [Op.readRequest, Op.readResponse],
  [Op.readBlobRequest, Op.readBlobResponse],
  [Op.readByGroupTypeRequest, Op.readByGroupTypeResponse],
  [Op.writeRequest, Op.writeResponse],
  [Op.prepareWriteRequest, Op.prepareWriteResponse],
  [Op.executeWriteRequest, Op.executeWriteResponse],
  [Op.indication, Op.confirmation],
]);
const responses: ReadonlySet<number> = new Set([Op.error, ...answers.values()]);
const unasked: Readonly<Record<Side, ReadonlySet<number>>> = {
  client: new Set([Op.writeCommand]),
  server: new Set([Op.notification]),
};

/**
 * Looks at every PDU of the attribute protocol on one connection: none is longer than the ATT_MTU, none is unknown, none
 * comes from the wrong side, and each side has one request at a time, which is answered with its own answer.
 */
export class AttLint {
  readonly violations: string[] = [];
  pdus = 0;
  longest = 0;
  #mtu = minimumMtu;
  #asked: number | undefined;
  readonly #waiting: Record<Side, number | undefined> = { client: undefined, server: undefined };

  get mtu(): number {
    return this.#mtu;
  }

  see(from: Side, pdu: Uint8Array): void {
    this.pdus++;
    this.longest = Math.max(this.longest, pdu.length);
    const op = pdu[0];
    const found = (what: string): void =>
      void this.violations.push(`${from}: ${what} (PDU 0x${op?.toString(16)}, ${pdu.length} octets)`);
    if (op === undefined) return found("empty");
    if (pdu.length > this.#mtu) found(`longer than the ATT_MTU of ${this.#mtu}`);
    if (responses.has(op)) this.#response(from, pdu, found);
    else if (answers.has(op)) this.#request(from, pdu, found);
    else if (!unasked[from].has(op)) found("unknown, or of the other side");
  }

  #request(from: Side, pdu: Uint8Array, found: (what: string) => void): void {
    const op = pdu[0] as number;
    if ((op === Op.indication) !== (from === "server")) found("request of the other side");
    if (this.#waiting[from] !== undefined) found("second request before the answer to the first");
    this.#waiting[from] = op;
    if (op !== Op.mtuRequest) return;
    if (this.#asked !== undefined) found("second exchange of the MTU");
    this.#asked = u16(pdu, 1);
    if (this.#asked < minimumMtu) found("MTU below 23");
  }

  #response(from: Side, pdu: Uint8Array, found: (what: string) => void): void {
    const asker = from === "client" ? "server" : "client";
    const request = this.#waiting[asker];
    this.#waiting[asker] = undefined;
    if (request === undefined) return found("answer to nothing");
    const fits = pdu[0] === Op.error ? pdu[1] === request : pdu[0] === answers.get(request);
    if (!fits) found(`no answer to 0x${request.toString(16)}`);
    if (pdu[0] === Op.mtuResponse)
      this.#mtu = Math.max(minimumMtu, Math.min(this.#asked ?? minimumMtu, u16(pdu, 1)));
  }
}
