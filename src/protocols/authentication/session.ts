import { RecordLayer, type RecordLayerOptions } from "../../link/record.js";
import type { Ticket } from "../../link/ticket.js";

/** A session in use with the right to resume it, which outlives the link that the session protects. */
export interface OpenSession {
  readonly layer: RecordLayer;
  readonly ticket: Ticket | undefined;
}

/** Takes ownership of `sk`; the ticket, if any, is the caller's to wipe. */
export function openSession(options: RecordLayerOptions): OpenSession {
  const layer = new RecordLayer(options);
  return { layer, ticket: layer.takeTicket() };
}
