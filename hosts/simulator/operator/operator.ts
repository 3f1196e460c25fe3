import { ascii } from "../../../src/base/octets.js";
import type { Clock } from "../../../src/base/ports.js";
import { Milliseconds, type Seconds } from "../../../src/base/units.js";
import type { Suite } from "../../../src/crypto/suite.js";
import type { GbaPorts } from "../../../src/protocols/gba/gateway.js";
import { operatorConstant } from "../../../src/protocols/gba/milenage.js";
import type { HttpRequest, HttpResponse, ZnAnswer } from "../../../src/protocols/gba/ports.js";
import type { GbaServerPorts } from "../../../src/protocols/gba/server.js";
import { nodeGbaSuite } from "../../node/gbaSuite.js";
import type { KeyLogLine } from "../network/suites.js";
import type { SeededRandom } from "../world/random.js";
import { Bsf } from "./bsf.js";
import { SoftUsim } from "./usim.js";

/** A hand on the way to the BSF: what becomes of a request or an answer; undefined loses it. */
export interface UbTamper {
  request?(request: HttpRequest): HttpRequest | undefined;
  response?(response: HttpResponse): HttpResponse | undefined;
}

/** What passes between the PN GW or the Server and the BSF, for who watches: HTTP of Ub, and what Zn asks and tells. */
export type OperatorMessage = { readonly at: Milliseconds } & (
  | { readonly leg: "Ub"; readonly direction: "toBSF"; readonly request: HttpRequest }
  | { readonly leg: "Ub"; readonly direction: "toGateway"; readonly response: HttpResponse }
  | { readonly leg: "Zn"; readonly direction: "toBSF"; readonly bTID: string; readonly nafID: Uint8Array }
  | { readonly leg: "Zn"; readonly direction: "toServer"; readonly answer: ZnAnswer | undefined }
);

/** What a simulated operator is like. */
export interface OperatorOptions {
  /** Of a bootstrapped key; a day unless told. */
  readonly lifetime?: Seconds;
  /** User ID of the subscriber; the network's operator unless told. */
  readonly userID?: string;
}

const mobileNetwork = "mnc001.mcc001.3gppnetwork.org";
const latency = Milliseconds(30);
const timeout = Milliseconds(5_000);

/** A mobile operator with one subscription: UICC, HSS and BSF, and the ways to them. Stand-ins for real ones. */
export class Operator {
  readonly usim: SoftUsim;
  readonly bsf: Bsf;
  tamper: UbTamper = {};
  readonly #clock: Clock;
  readonly #userID: Uint8Array;
  readonly #onMessage: ((message: OperatorMessage) => void) | undefined;

  constructor(
    { lifetime, userID = "operator" }: OperatorOptions,
    world: {
      readonly clock: Clock;
      readonly random: SeededRandom;
      readonly suite: Suite;
      readonly naf: string;
      readonly keylog?: (line: KeyLogLine) => void;
      readonly onMessage?: (message: OperatorMessage) => void;
    },
  ) {
    const { clock, random, suite, naf, keylog, onMessage } = world;
    const [k, op] = [new Uint8Array(16), new Uint8Array(16)];
    random.fill(k);
    random.fill(op);
    const opc = operatorConstant(nodeGbaSuite, k, op);
    const impi = `001010123456789@ims.${mobileNetwork}`;
    const gbaSuite = nodeGbaSuite;
    this.#clock = clock;
    this.#userID = ascii(userID);
    this.#onMessage = onMessage;
    this.usim = new SoftUsim({ suite, gbaSuite, impi, k, opc, ...(keylog && { keylog }) });
    this.bsf = new Bsf({
      suite,
      gbaSuite,
      random,
      clock,
      fqdn: "bsf.mnc001.mcc001.pub.3gppnetwork.org",
      subscriptions: [{ impi, k, opc }],
      nafs: [naf],
      ...(lifetime !== undefined && { lifetime }),
    });
  }

  /** For the PN GW. */
  get gateway(): GbaPorts {
    return { suite: nodeGbaSuite, uicc: this.usim, ub: (request, done) => this.#ub(request, done) };
  }

  /** For the Server. */
  get server(): GbaServerPorts {
    const zn: GbaServerPorts["zn"] = async (bTID, nafID) => {
      this.#onMessage?.({ at: this.#clock.now(), leg: "Zn", direction: "toBSF", bTID, nafID });
      const answer = await this.bsf.zn(bTID, nafID);
      // The Server wipes its own.
      const told = answer && { ...answer, ksExtNaf: answer.ksExtNaf.slice() };
      this.#onMessage?.({ at: this.#clock.now(), leg: "Zn", direction: "toServer", answer: told });
      return answer;
    };
    return { zn, userOf: (impi) => (impi === this.usim.impi ? this.#userID : undefined) };
  }

  #ub(request: HttpRequest, done: (response: HttpResponse | undefined) => void): void {
    let over = false;
    const finish = (response: HttpResponse | undefined): void => {
      if (over) return;
      over = true;
      timer.cancel();
      done(response);
    };
    const timer = this.#clock.after(timeout, () => finish(undefined));
    const sent = this.tamper.request === undefined ? request : this.tamper.request(request);
    if (sent === undefined) return;
    this.#onMessage?.({ at: this.#clock.now(), leg: "Ub", direction: "toBSF", request: sent });
    this.#clock.after(latency, () => {
      const answer = this.bsf.handle(sent);
      const passed = this.tamper.response === undefined ? answer : this.tamper.response(answer);
      if (passed === undefined) return;
      this.#onMessage?.({ at: this.#clock.now(), leg: "Ub", direction: "toGateway", response: passed });
      this.#clock.after(latency, () => finish(passed));
    });
  }
}
