import type { DescribedMessage } from "../network/describe.js";

/** Exchanges and PNs that are remembered. */
const most = 64;

/** Whose messages those between PN GW and Server are: by the Entity IDs in them, by their PN, by what they answer. */
export class Attribution {
  readonly #byPN = new Map<string, readonly string[]>();
  readonly #byExchange = new Map<string, readonly string[]>();

  /** Ids of the devices; none for what is the PN GW's own. `entities`: Entity IDs in hexadecimal, by device. */
  of(
    { exchange, fields }: DescribedMessage,
    toServer: boolean,
    entities: ReadonlyMap<string, string>,
  ): readonly string[] {
    const found = [...entities].flatMap(([device, entity]) =>
      fields.some(({ value }) => value.includes(entity)) ? [device] : [],
    );
    const pnID = fields.find(({ name }) => name === "pnID")?.value;
    const devices = found.length > 0 ? found : this.#known(exchange, pnID, toServer);
    if (pnID !== undefined) remember(this.#byPN, pnID, devices);
    if (toServer) remember(this.#byExchange, `${exchange}`, devices);
    return devices;
  }

  #known(exchange: number, pnID: string | undefined, toServer: boolean): readonly string[] {
    if (pnID !== undefined) return this.#byPN.get(pnID) ?? [];
    return toServer ? [] : (this.#byExchange.get(`${exchange}`) ?? []);
  }
}

function remember(map: Map<string, readonly string[]>, key: string, devices: readonly string[]): void {
  map.delete(key);
  map.set(key, devices);
  if (map.size > most) map.delete(map.keys().next().value ?? "");
}
