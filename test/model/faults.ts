import type { AirDevice } from "../../hosts/simulator/network/device.js";
import type { CutPlan } from "../../hosts/simulator/world/flash.js";
import { Milliseconds } from "../../src/base/units.js";
import type { HttpRequest, HttpResponse } from "../../src/protocols/gba/ports.js";
import type { TestNetwork } from "../support/network.js";

/** One thing that goes wrong, at one point of a flow; points count from the flow's start. */
export type Fault =
  | { readonly at: Leg; readonly point: number; readonly does: MessageFault | "restart gateway" }
  | { readonly at: "air"; readonly point: number; readonly does: "cut link" | "cut power" }
  /** Of the device with this index, or of the PN GW. */
  | { readonly at: "flash"; readonly of: number | "gateway"; readonly point: number; readonly does: Manner };

type Leg = "air" | "backhaul" | "ub";
type Manner = CutPlan["manner"];
type MessageFault = "lose" | "double" | "delay" | "corrupt";
const messageFaults: readonly MessageFault[] = ["lose", "double", "delay", "corrupt"];
const manners: readonly Manner[] = ["before", "torn", "after"];

/** What a flow does when nothing goes wrong: its points. */
export interface Points {
  readonly air: number;
  readonly backhaul: number;
  /** Between PN GW and BSF. */
  readonly ub: number;
  /** Of each device. */
  readonly writes: readonly number[];
  readonly gatewayWrites: number;
}

/** Everything that can go wrong at each point; with `kinds` only so many things at each, other ones at the next. */
export function everyFault(points: Points, kinds = Number.POSITIVE_INFINITY): Fault[] {
  const faults: Fault[] = [];
  let turn = 0;
  const add = (all: readonly Fault[]): void => {
    const count = Math.min(kinds, all.length);
    for (let i = 0; i < count; i++) faults.push(all[turn++ % all.length] as Fault);
  };
  for (let point = 0; point < points.air; point++) {
    const at = "air";
    const messages = messageFaults.map((does): Fault => ({ at, point, does }));
    const cuts = (["cut link", "cut power"] as const).map((does): Fault => ({ at, point, does }));
    add([...messages, ...cuts, { at, point, does: "restart gateway" }]);
  }
  for (let point = 0; point < points.backhaul; point++) {
    const at = "backhaul";
    const messages = messageFaults.map((does): Fault => ({ at, point, does }));
    add([...messages, { at, point, does: "restart gateway" }]);
  }
  for (let point = 0; point < points.ub; point++) {
    for (const does of ["lose", "corrupt", "restart gateway"] as const)
      faults.push({ at: "ub", point, does });
  }
  const flashes: readonly (readonly [number | "gateway", number])[] = [
    ...points.writes.entries(),
    ["gateway", points.gatewayWrites],
  ];
  for (const [of, writes] of flashes) {
    for (let point = 1; point <= writes; point++) {
      add(manners.map((does): Fault => ({ at: "flash", of, point, does })));
    }
  }
  return faults;
}

export const faultText = (faults: readonly Fault[]): string =>
  faults
    .map((fault) => `${fault.does} ${fault.at} ${"of" in fault ? `${fault.of}/` : ""}${fault.point}`)
    .join(" and ");

/** Counts the points of a network from now on, and lets the faults happen at theirs. */
export class FaultInjector {
  readonly #net: TestNetwork;
  readonly #faults: readonly Fault[];
  readonly #seen = { air: 0, backhaul: 0, ub: 0 };
  readonly #writes: readonly number[];
  readonly #gatewayWrites: number;
  /** Held back until the next of the same leg and direction has passed. */
  readonly #late = new Map<string, Uint8Array>();

  constructor(net: TestNetwork, faults: readonly Fault[]) {
    this.#net = net;
    this.#faults = faults;
    const { network } = net;
    this.#writes = network.devices.map((device) => device.options.flash.writes);
    this.#gatewayWrites = network.gatewayFlash.writes;
    for (const fault of faults) {
      if (fault.at !== "flash") continue;
      const { of, point: atWrite, does: manner } = fault;
      const flash = of === "gateway" ? network.gatewayFlash : network.devices[of]?.options.flash;
      flash?.cutPower({ atWrite, manner });
    }
    net.hand = (fragment, direction, _index, device) => this.#onAir(fragment, direction, device);
    network.backhaul.tamper = (octets, direction) => this.#pass("backhaul", octets, direction);
    if (network.operator !== undefined) {
      network.operator.tamper = {
        request: (request) => this.#onUb(request, (one) => ({ ...one, uri: `${one.uri}x` })),
        response: (response) => this.#onUb(response, (one) => ({ ...one, headers: spoilt(one.headers) })),
      };
    }
  }

  get points(): Points {
    const { devices, gatewayFlash } = this.#net.network;
    const writes = devices.map((device, i) => device.options.flash.writes - (this.#writes[i] ?? 0));
    return { ...this.#seen, writes, gatewayWrites: gatewayFlash.writes - this.#gatewayWrites };
  }

  /** From here on nothing goes wrong any more. */
  stop(): void {
    const { network } = this.#net;
    this.#net.hand = undefined;
    network.backhaul.tamper = undefined;
    if (network.operator !== undefined) network.operator.tamper = {};
    for (const device of network.devices) device.options.flash.cutPower(undefined);
    network.gatewayFlash.cutPower(undefined);
  }

  #fault(at: Leg): Fault["does"] | undefined {
    const point = this.#seen[at]++;
    const does = this.#faults.find((one) => one.at === at && one.point === point)?.does;
    const { clock, network } = this.#net;
    // Not from within the radio: what cuts comes from outside.
    if (does === "restart gateway") clock.after(Milliseconds(0), () => network.restartGateway());
    return does;
  }

  #onAir(fragment: Uint8Array, direction: string, device: AirDevice): readonly Uint8Array[] {
    const { clock, network } = this.#net;
    const { secure } = device.options;
    return this.#pass("air", fragment, `${device.id} ${direction}`, (does) => {
      // A radio that encrypts ends the link itself when something was altered.
      if (does === "cut link" || (secure && does === "corrupt"))
        clock.after(Milliseconds(0), () => network.dropLink(device));
      if (does === "cut power") clock.after(Milliseconds(0), () => network.device(device.id).powerOff());
    });
  }

  #onUb<Message extends HttpRequest | HttpResponse>(
    message: Message,
    spoil: (message: Message) => Message,
  ): Message | undefined {
    const does = this.#fault("ub");
    if (does === "lose") return undefined;
    return does === "corrupt" ? spoil(message) : message;
  }

  #pass(
    leg: "air" | "backhaul",
    octets: Uint8Array,
    to: string,
    cut: (does: Fault["does"] | undefined) => void = () => {},
  ): readonly Uint8Array[] {
    const point = this.#seen[leg];
    const does = this.#fault(leg);
    cut(does);
    const way = `${leg} ${to}`;
    const held = this.#late.get(way);
    this.#late.delete(way);
    const after = held === undefined ? [] : [held];
    switch (does) {
      case "lose":
        return after;
      case "double":
        return [octets, octets, ...after];
      case "delay":
        this.#late.set(way, octets);
        return after;
      case "corrupt":
        return [flipped(octets, point), ...after];
      default:
        return [octets, ...after];
    }
  }
}

/** One bit of one octet behind the head, another one for each point. */
function flipped(octets: Uint8Array, point: number): Uint8Array {
  const changed = octets.slice();
  const index = 4 + ((point * 7) % Math.max(1, octets.length - 4));
  if (index < changed.length) changed[index] = (changed[index] ?? 0) ^ (1 << (point & 7));
  return changed;
}

/** Another last digit or letter in whatever header has one. */
const spoilt = (headers: HttpResponse["headers"]): HttpResponse["headers"] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/, (last) => (last === "0" ? "1" : "0")),
    ]),
  );
