import type { Direction } from "../../hosts/simulator/world/air.js";
import type { CutPlan } from "../../hosts/simulator/world/flash.js";
import { Milliseconds } from "../../src/units.js";
import type { TestNetwork } from "../support/network.js";

/** One thing that goes wrong, at one point of a flow; points count from the flow's start. */
export type Fault =
  | { readonly at: "air" | "backhaul"; readonly point: number; readonly does: MessageFault }
  | { readonly at: "air"; readonly point: number; readonly does: "cut link" | "cut power" }
  | { readonly at: "flash"; readonly point: number; readonly does: CutPlan["manner"] };

type MessageFault = "lose" | "double" | "delay" | "corrupt";
const messageFaults: readonly MessageFault[] = ["lose", "double", "delay", "corrupt"];
const manners: readonly CutPlan["manner"][] = ["before", "torn", "after"];

/** What a flow does when nothing goes wrong: its points. */
export interface Points {
  readonly air: number;
  readonly backhaul: number;
  readonly writes: number;
}

export function everyFault({ air, backhaul, writes }: Points): Fault[] {
  const faults: Fault[] = [];
  for (let point = 0; point < air; point++) {
    for (const does of messageFaults) faults.push({ at: "air", point, does });
    faults.push({ at: "air", point, does: "cut link" }, { at: "air", point, does: "cut power" });
  }
  for (let point = 0; point < backhaul; point++) {
    for (const does of messageFaults) faults.push({ at: "backhaul", point, does });
  }
  for (let point = 1; point <= writes; point++) {
    for (const does of manners) faults.push({ at: "flash", point, does });
  }
  return faults;
}

export const faultText = (faults: readonly Fault[]): string =>
  faults.map(({ at, point, does }) => `${does} ${at} ${point}`).join(" and ");

/** Counts the points of a network from now on, and lets the faults happen at theirs. */
export class FaultInjector {
  readonly #net: TestNetwork;
  readonly #faults: readonly Fault[];
  #air = 0;
  #backhaul = 0;
  readonly #writes: number;
  /** Held back until the next of the same leg and direction has passed. */
  readonly #late = new Map<string, Uint8Array>();

  constructor(net: TestNetwork, faults: readonly Fault[]) {
    this.#net = net;
    this.#faults = faults;
    const { flash } = net.device.options;
    this.#writes = flash.writes;
    for (const fault of faults) {
      if (fault.at === "flash") flash.cutPower({ atWrite: fault.point, manner: fault.does });
    }
    net.hand = (fragment, direction) => this.#onAir(fragment, direction);
    net.network.backhaul.tamper = (octets, direction) =>
      this.#pass("backhaul", this.#backhaul++, octets, direction);
  }

  get points(): Points {
    const writes = this.#net.device.options.flash.writes - this.#writes;
    return { air: this.#air, backhaul: this.#backhaul, writes };
  }

  /** From here on nothing goes wrong any more. */
  stop(): void {
    this.#net.hand = undefined;
    this.#net.network.backhaul.tamper = undefined;
    this.#net.device.options.flash.cutPower(undefined);
  }

  #onAir(fragment: Uint8Array, direction: Direction): readonly Uint8Array[] {
    const point = this.#air++;
    const { device, clock, network } = this.#net;
    const cut = this.#faults.find((one) => one.at === "air" && one.point === point)?.does;
    // Not from within the radio: what cuts comes from outside.
    if (cut === "cut link") clock.after(Milliseconds(0), () => network.dropLink(device));
    if (cut === "cut power") clock.after(Milliseconds(0), () => device.powerOff());
    return this.#pass("air", point, fragment, direction);
  }

  #pass(
    leg: "air" | "backhaul",
    point: number,
    octets: Uint8Array,
    direction: string,
  ): readonly Uint8Array[] {
    const way = `${leg} ${direction}`;
    const held = this.#late.get(way);
    this.#late.delete(way);
    const after = held === undefined ? [] : [held];
    const fault = this.#faults.find((one) => one.at === leg && one.point === point);
    switch (fault?.does) {
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
