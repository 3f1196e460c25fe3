import { hex } from "../../base/octets.js";
import { encodeMessage, type Received } from "../../codec/message.js";
import { pushID, pushKey, settlePush } from "../../database/pushes.js";
import type { ServerTables } from "../../database/store.js";
import type { ServerPorts } from "../../procedure/serverPorts.js";
import { maximumBackhaulMessage } from "../network/messages.js";
import { maximumPushesAtOnce, type poll, pollResponse } from "./messages.js";

/** The Server's side of what it tells PN GWs unasked (S3 3e, C-38). */
export class PushServer {
  readonly #clock: ServerPorts["clock"];

  constructor({ clock }: Pick<ServerPorts, "clock">) {
    this.#clock = clock;
  }

  /** What came of the pushes before; their keys. */
  async reported(
    tables: ServerTables,
    gateway: Uint8Array,
    { body: { pushes = [] } }: Received<typeof poll>,
  ): Promise<readonly string[]> {
    const keys: string[] = [];
    for (const { id, result } of pushes) {
      const key = pushKey(gateway, id);
      if (key === undefined) continue;
      await settlePush(tables, key, result, this.#clock.now());
      keys.push(key);
    }
    return keys;
  }

  /** PollResponse with what waits for this PN GW now; undefined when that is nothing. */
  async waiting(
    { pushes }: Pick<ServerTables, "pushes">,
    gateway: Uint8Array,
    exchange: number,
  ): Promise<Uint8Array | undefined> {
    const found = await pushes.find("gateway", hex(gateway), maximumPushesAtOnce);
    if (found.length === 0) return undefined;
    return answer(
      exchange,
      found.map(({ key, value: { kind, entityID, pnID, message } }) => ({
        id: pushID(key),
        kind,
        ...(entityID && { target: entityID }),
        ...(pnID && { pnID }),
        ...(message && { payload: message }),
      })),
    );
  }

  /** PollResponse that tells of nothing. */
  nothing(exchange: number): Uint8Array {
    return answer(exchange, []);
  }
}

type Pushes = Received<typeof pollResponse>["body"]["pushes"];

const answer = (exchange: number, pushes: Pushes): Uint8Array =>
  encodeMessage(pollResponse, exchange, { pushes }, maximumBackhaulMessage);
