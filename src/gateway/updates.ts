import type { CodesOf } from "../base/errorCodes.js";
import { equalBytes, hex } from "../base/octets.js";
import { Milliseconds } from "../base/units.js";
import { encodeMessage, type Received } from "../codec/message.js";
import { acknowledgement } from "../codec/replies.js";
import { Result } from "../codec/results.js";
import type { GatewayPorts } from "../procedure/gatewayPorts.js";
import { refusal } from "../procedure/procedure.js";
import { type ImageHeader, readHeader } from "../protocols/update/header.js";
import { imageIDLength } from "../protocols/update/image.js";
import { damagedPause, refusalOf, UpdateKind } from "../protocols/update/kinds.js";
import {
  maximumChunk,
  updateChunk,
  updateOffer,
  type updateReport,
  type updateRequest,
} from "../protocols/update/messages.js";

/** A firmware image, as its file has it: the signed header apart from the image. */
export interface UpdateImage {
  readonly header: Uint8Array;
  /** Octets of the image from `offset` on; throws where they are not there. */
  read(offset: number, length: number): Uint8Array;
}

/** A link to a PNE, as far as its update is concerned. */
export interface UpdateLink {
  readonly entityID: Uint8Array | undefined;
  readonly established: boolean;
  readonly secured: boolean;
  push(make: (exchange: number) => Uint8Array): void;
}

/** How far the update of a device is. */
export interface UpdateView {
  readonly device: string;
  /** The image's id, in hexadecimal. */
  readonly image: string;
  readonly board: string;
  readonly version: string;
  /** Octets of the image, and those that the device has asked for. */
  readonly length: number;
  readonly offset: number;
  readonly state: UpdateState;
  /** When a device that takes nothing yet is offered it, by the PN GW's clock. */
  readonly until?: Milliseconds;
  /** Why it has ended, when it is refused. */
  readonly code?: CodesOf<"update">;
}

/** "waiting" for the device to be in a PN; "offered", and its person asked; "later", until it is asked again;
 * "pausing" after damaged octets, in which a device takes nothing. */
export type UpdateState =
  | "waiting"
  | "offered"
  | "sending"
  | "later"
  | "pausing"
  | "restarting"
  | "done"
  | "refused";

/** A device that says nothing for so long is offered its image again. */
export const silence = Milliseconds(60_000);
/** After which a person who wanted to be asked later is asked again. */
export const laterTime = Milliseconds(12 * 3_600_000);

interface Order {
  readonly device: string;
  readonly id: Uint8Array;
  readonly header: ImageHeader;
  readonly image: UpdateImage;
  offset: number;
  state: UpdateState;
  code?: CodesOf<"update">;
  /** It has been offered there. */
  link: UpdateLink | undefined;
  /** Not to be offered before this instant. */
  notBefore: number;
  /** The last word of the device. */
  heard: number;
}

/** The updates that the PN GW's owner wants: offered once a device is in a PN, then octets as the device asks for them. */
export class Updates {
  readonly #ports: Pick<GatewayPorts, "clock" | "log" | "changed">;
  readonly #orders = new Map<string, Order>();
  /** Until when a device takes nothing that has come damaged to it. */
  readonly #pauses = new Map<string, Milliseconds>();

  constructor(ports: Pick<GatewayPorts, "clock" | "log" | "changed">) {
    this.#ports = ports;
  }

  /** A new order for a device takes the place of its older one. Throws UpdateError("update.form"). */
  order(device: string, image: UpdateImage): void {
    const header = readHeader(image.header);
    const id = header.hash.slice(0, imageIDLength);
    const notBefore = this.#pauses.get(device) ?? 0;
    const state = notBefore > this.#ports.clock.now() ? "pausing" : "waiting";
    this.#orders.set(device, {
      device,
      id,
      header,
      image,
      offset: 0,
      state,
      link: undefined,
      notBefore,
      heard: 0,
    });
    this.#ports.changed?.();
  }

  /** What is not fetched yet is not wanted any more; false when nothing was. */
  cancel(device: string): boolean {
    const had = this.#orders.delete(device);
    if (had) this.#ports.changed?.();
    return had;
  }

  get view(): readonly UpdateView[] {
    return [...this.#orders.values()].map(({ device, id, header, offset, state, code, notBefore }) => ({
      device,
      image: hex(id),
      board: header.board,
      version: header.version,
      length: header.length,
      offset,
      state,
      ...(state === "pausing" && { until: Milliseconds(notBefore) }),
      ...(code !== undefined && { code }),
    }));
  }

  /** Offers to those that can be told now, once a link. */
  look(links: readonly UpdateLink[]): void {
    const now = this.#ports.clock.now();
    for (const order of this.#orders.values()) {
      const { device, state, notBefore } = order;
      if (isOver(state) || now < notBefore) continue;
      const link = links.find(
        (one) => one.entityID !== undefined && hex(one.entityID) === device && ready(one),
      );
      if (link === undefined || link === order.link) continue;
      order.link = link;
      order.notBefore = 0;
      order.heard = now;
      this.#watch(order, link);
      this.#become(order, "offered");
      link.push((exchange) => encodeMessage(updateOffer, exchange, { header: order.image.header }));
    }
  }

  /** What was lost on its way does not come again by itself: on the same link the image is offered once more. */
  #watch(order: Order, link: UpdateLink): void {
    const { clock } = this.#ports;
    clock.after(silence, () => {
      const open = order.state === "offered" || order.state === "sending" || order.state === "restarting";
      if (!open || order.link !== link || this.#orders.get(order.device) !== order) return;
      if (clock.now() - order.heard < silence) return this.#watch(order, link);
      order.link = undefined;
      this.#ports.changed?.();
    });
  }

  /**
   * What is over, or put off, the gateway begins again, and no device; `ends`: what it says begins nothing. Throws
   * ProcedureError("result.noRoute" | "result.notListed").
   */
  #of(link: UpdateLink, image: Uint8Array, ends = false): Order {
    if (!ready(link) || link.entityID === undefined) throw refusal(Result.noRoute);
    const order = this.#orders.get(hex(link.entityID));
    if (order === undefined || !equalBytes(order.id, image)) throw refusal(Result.notListed);
    if (!ends && (order.state === "later" || isOver(order.state))) throw refusal(Result.notListed);
    order.heard = this.#ports.clock.now();
    return order;
  }

  /** UpdateRequest. Throws ProcedureError. */
  chunk(link: UpdateLink, { exchange, body }: Received<typeof updateRequest>): Uint8Array {
    const order = this.#of(link, body.image);
    const { offset } = body;
    const left = order.header.length - offset;
    if (left <= 0) throw refusal(Result.protocol);
    const payload = order.image.read(offset, Math.min(maximumChunk, left));
    order.offset = offset;
    this.#become(order, "sending");
    return encodeMessage(updateChunk, exchange, { payload });
  }

  /** UpdateReport. Throws ProcedureError. */
  report(link: UpdateLink, { exchange, body }: Received<typeof updateReport>): Uint8Array {
    const code = refusalOf(body.kind);
    const order = this.#of(link, body.image, code !== undefined || body.kind === UpdateKind.confirmed);
    this.#ports.log.event("update.reported", { device: order.device, kind: body.kind });
    if (code !== undefined) {
      order.code = code;
      if (code === "update.damaged") this.#pause(order.device);
      this.#become(order, "refused");
    } else if (body.kind === UpdateKind.later) this.#later(order);
    else {
      order.offset = order.header.length;
      this.#become(order, body.kind === UpdateKind.confirmed ? "done" : "restarting");
    }
    return encodeMessage(acknowledgement, exchange, {});
  }

  #pause(device: string): void {
    const { clock, changed } = this.#ports;
    const until = Milliseconds(clock.now() + damagedPause);
    this.#pauses.set(device, until);
    clock.after(damagedPause, () => {
      if (this.#pauses.get(device) === until) this.#pauses.delete(device);
      const order = this.#orders.get(device);
      if (order?.state === "pausing" && order.notBefore === until) order.state = "waiting";
      changed?.();
    });
  }

  #later(order: Order): void {
    const { clock, changed } = this.#ports;
    order.notBefore = clock.now() + laterTime;
    this.#become(order, "later");
    clock.after(laterTime, () => {
      order.link = undefined;
      changed?.();
    });
  }

  #become(order: Order, state: UpdateState): void {
    if (order.state === state) return;
    order.state = state;
    this.#ports.changed?.();
  }
}

const isOver = (state: UpdateState): boolean => state === "done" || state === "refused";

/** In a PN, on a link that nobody else reads or writes. */
const ready = (link: UpdateLink): boolean => link.established && link.secured;

/** The devices that "all" means: those in PNs, and those with a link. */
export function everyDevice(
  links: readonly Pick<UpdateLink, "entityID">[],
  pns: readonly { readonly members: readonly { readonly entityID: Uint8Array }[] }[],
): readonly string[] {
  const members = pns.flatMap((pn) => pn.members.map(({ entityID }) => hex(entityID)));
  const linked = links.flatMap(({ entityID }) => (entityID === undefined ? [] : [hex(entityID)]));
  return [...new Set([...members, ...linked])];
}
