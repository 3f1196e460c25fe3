import type { ControlAnswer, ControlRequest } from "../../hosts/gateway/control.js";
import type { ProgramView } from "../../hosts/gateway/views.js";
import { Milliseconds } from "../../src/base/units.js";

const id = (first: number): string =>
  Array.from({ length: 16 }, (_, i) =>
    ((first * (i + 3) * 37 + i * 91) & 0xff).toString(16).padStart(2, "0"),
  ).join("");
const device = { hasUI: false, reachable: true, panSecure: false, protected: false, idle: true };

/** A gateway's view with one of everything that the page can show. */
export const shownView: ProgramView = Object.freeze({
  entityID: id(0x37),
  keys: "enrolled",
  euKeyID: "9f17dd08773517da",
  userID: "alice",
  uicc: false,
  server: { id: "cpns.example", authenticated: true },
  radio: { usable: true },
  broker: { url: "mqtt://localhost", connected: true },
  devices: [
    { ...device, id: id(0xa1), name: "Balcony" },
    { ...device, id: id(0xa2), hasUI: true, panSecure: true },
    {
      ...device,
      id: id(0xa3),
      name: "Kitchen lamp",
      hasUI: true,
      protected: true,
      idle: false,
      pn: id(0x0c),
    },
    { ...device, id: id(0xa4), name: "Thermometer", protected: true, idle: false, pn: id(0x0c) },
  ],
  heard: [
    { peer: "1", name: "Balcony", state: "linked", says: "needsEnrolment", device: id(0xa1) },
    { peer: "2", name: "Remote", state: "linked", says: "freeToJoin", device: id(0xa2) },
    { peer: "3", name: "Doorbell at the end of a garden", state: "waiting", says: "wanting" },
    { peer: "4", state: "connecting", says: "joined" },
  ],
  updates: [],
  pns: [
    {
      id: id(0x0c),
      alias: "Home",
      initiator: id(0xa3),
      members: [
        {
          id: id(0xa3),
          name: "Kitchen lamp",
          here: true,
          topics: [{ name: "lamp", kind: "switch", direction: "both", value: true, at: Milliseconds(1) }],
        },
        {
          id: id(0xa4),
          name: "Thermometer",
          here: true,
          topics: [
            {
              name: "temperature",
              kind: "number",
              direction: "offers",
              unit: "°C",
              value: 21.5,
              at: Milliseconds(1),
            },
          ],
        },
        { id: id(0xa5), here: false, topics: [] },
      ],
    },
  ],
}) as ProgramView;

/** The same gateway before anything was done. */
export const emptyView: ProgramView = Object.freeze({
  entityID: id(0x37),
  keys: "empty",
  uicc: false,
  server: { id: "cpns.example", authenticated: false },
  serverAway: "ECONNREFUSED",
  radio: { usable: false, error: "There is no Bluetooth adapter: plug one in, or take --radio virtual:PATH" },
  devices: [],
  heard: [],
  pns: [],
  updates: [],
}) as ProgramView;

/** Answers the page as the gateway would, and remembers what it was told to do. */
export class ShownGateway {
  view: ProgramView | undefined = shownView;
  readonly done: Readonly<Record<string, unknown>>[] = [];

  async answer(request: ControlRequest): Promise<ControlAnswer> {
    if (request.ask === "view")
      return this.view === undefined
        ? { error: "the Server has not been reached yet" }
        : { value: this.view };
    if (request.ask !== "command") return { error: "not asked" };
    this.done.push(request.command);
    const { kind } = request.command;
    if (kind === "guests" || kind === "setGuests")
      return { value: { guests: ["bob", "carol"], everybody: false } };
    return { value: kind === "createPN" ? shownView.pns[0] : null };
  }
}
