import { hex } from "../../../src/base/octets.js";
import type { Outcome } from "../../../src/base/outcome.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { GatewayPNView } from "../../../src/gateway/ports.js";
import type { PneNotice } from "../../../src/pne/ports.js";
import { isOfTopic } from "../../../src/protocols/data/messages.js";
import { decodeTopicMessage, type Value } from "../../../src/protocols/topics/message.js";
import type { Screen } from "../../../src/ui/screen.js";
import { english } from "../../../src/ui/strings/english.js";
import type { AirDevice, SimulatedDevice } from "../network/device.js";
import { Network } from "../network/network.js";
import { openSslSuite } from "../network/openssl.js";
import { Recorder } from "../network/recorder.js";
import type { KeyLogLine } from "../network/suites.js";
import { valueText } from "../network/topics.js";
import type { OperatorMessage } from "../operator/operator.js";
import type { BackhaulMessage } from "../world/backhaul.js";
import { epoch, VirtualClock } from "../world/clock.js";
import type { AirFragment } from "../world/radio.js";
import { Station } from "./deviceUnderTest.js";
import type { ScenarioEvent } from "./events.js";
import type { Header } from "./header.js";

/** Who watches a run. */
export interface Audience {
  event(event: ScenarioEvent): void;
  /** Wants to be told of messages, too: to open all of them takes a fifth of a run. */
  readonly messages?: boolean;
  key?(line: KeyLogLine): void;
  fragment?(at: number, fragment: AirFragment): void;
  backhaul?(at: number, message: BackhaulMessage): void;
  operator?(at: number, message: OperatorMessage): void;
}

/** For Server, PN GW and devices to have started. */
const startTime = Milliseconds(1_000);

/** The simulated world of one scenario, on virtual time. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly network: Network;
  readonly stations: readonly Station[];
  readonly #byDevice = new Map<string, Station>();
  readonly #audience: Audience;

  constructor(header: Header, audience: Audience) {
    this.#audience = audience;
    const recorder = audience.messages === true ? this.#recorder() : undefined;
    this.network = new Network({
      clock: this.clock,
      seed: header.seed,
      mtu: header.mtu,
      interval: header.interval,
      devices: header.devices,
      pneSuite: openSslSuite,
      forwardSecrecy: header.forwardSecrecy,
      // The Server has something to tell to applications only.
      poll: header.devices.some(({ application }) => application !== undefined),
      ...(header.uicc !== undefined && { operator: { lifetime: header.uicc } }),
      ...((recorder ?? audience.key) && {
        keylog: (line: KeyLogLine) => {
          recorder?.key(line);
          audience.key?.(line);
        },
      }),
      observer: {
        notice: (device, notice) => this.#notice(device, notice),
        log: (entity, event, fields) => this.#note(entity, event, fields),
        link: (device, up, reason, link) => {
          if (!up) recorder?.linkClosed(link);
          this.#link(device, up, reason);
        },
        power: (device, on) => this.#power(device, on),
        screen: (device, screen) => this.#screen(device.id, screen),
        fragment: (device, fragment) => {
          this.#stationOf(device)?.fragment(fragment.octets.length);
          recorder?.fragment(device.id, fragment);
          audience.fragment?.(this.at, fragment);
        },
        backhaul: (message) => {
          recorder?.backhaul(message);
          audience.backhaul?.(this.at, message);
        },
        operator: (message) => audience.operator?.(this.at, message),
        gateway: (notice) => {
          if (notice.kind === "topic") this.#told("gateway", notice);
        },
        received: (entityID, data) => {
          if (isOfTopic(data)) this.#told("server", { from: hex(entityID), ...decodeTopicMessage(data) });
        },
      },
    });
    this.stations = this.network.devices.map((device) => new Station(device, this.clock));
    for (const station of this.stations) this.#byDevice.set(station.device.id, station);
  }

  #recorder(): Recorder {
    return new Recorder(({ at, ...message }) => {
      this.#audience.event({ t: at - epoch, kind: "message", ...message });
    });
  }

  /** Milliseconds since the beginning. */
  get at(): number {
    return this.clock.now() - epoch;
  }

  /** By a device's id; the scenario has been read, so it is there. */
  station(id: string): Station {
    const found = this.#byDevice.get(id);
    if (found === undefined) throw new RangeError(`no device '${id}'`);
    return found;
  }

  /** What PN GW and Server were last told of a device's topic. */
  readonly #topics = new Map<string, string>();

  #told(
    at: "gateway" | "server",
    { from, topic, value }: { readonly from: string; readonly topic: string; readonly value: Value },
  ): void {
    const said = valueText(value);
    this.#topics.set(`${at} ${from} ${topic}`, said);
    this.#note(at, "topic", { from, topic, value: said });
  }

  toldTopic(at: "gateway" | "server", from: string | undefined, topic: string): string | undefined {
    return this.#topics.get(`${at} ${from} ${topic}`);
  }

  /** What the PN GW has told its person last. */
  atGateway: string | undefined;

  toldAtGateway(result: string): void {
    this.atGateway = result;
    this.#note("gateway", "told", { result });
  }

  /** How a PN came out that the PN GW wanted: "done", or the code of an error, which the PN GW tells its person. */
  created(outcome: Outcome<GatewayPNView>): string {
    const made = "value" in outcome;
    const fields = made ? { members: outcome.value.members.length } : { result: outcome.error.code };
    this.#note("gateway", "pn.created", fields);
    const result = made ? "done" : outcome.error.code;
    this.toldAtGateway(result);
    return result;
  }

  async start(header: Header): Promise<void> {
    await this.network.start(header.users);
    await this.clock.runFor(startTime);
  }

  #stationOf(device: AirDevice): Station | undefined {
    return this.#byDevice.get(device.id);
  }

  #note(entity: string, note: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#audience.event({
      t: this.at,
      kind: "note",
      entity,
      note,
      ...(Object.keys(fields).length > 0 && { fields }),
    });
  }

  #notice(device: SimulatedDevice, notice: PneNotice): void {
    this.#stationOf(device)?.notice(notice);
    if (notice.kind !== "state" && notice.kind !== "progress") {
      const { kind, ...fields } = notice;
      this.#note(device.id, `notice.${kind}`, fields);
    }
  }

  #link(device: AirDevice, up: boolean, reason: string): void {
    this.#note(device.id, up ? "link.up" : "link.down", { reason });
    if (!up) return;
    this.#stationOf(device)?.linked(({ kind, fragment }) => this.#note("air", `fault.${kind}`, { fragment }));
  }

  #power(device: SimulatedDevice, on: boolean): void {
    this.#note(device.id, on ? "power.on" : "power.off");
  }

  #screen(device: string, screen: Screen): void {
    const { id, title, lines, field, menu, progress } = screen;
    // The screen shows the last letter of a password for a moment; what is kept shows none.
    const shown = field && {
      ...field,
      text: field.label === english.password ? "*".repeat(field.text.length) : field.text,
    };
    this.#audience.event({
      t: this.at,
      kind: "screen",
      device,
      id,
      title,
      lines,
      ...(shown && { field: shown }),
      ...(menu && { menu }),
      ...(progress && { progress }),
    });
  }
}
