import { existsSync, lstatSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { Clock } from "../../../src/base/ports.js";
import { Milliseconds } from "../../../src/base/units.js";
import {
  type GatewayRadio,
  type LinkListener,
  RadioError,
  type RadioListener,
} from "../../../src/gateway/radio.js";
import { Refusal } from "../../node/program/misuse.js";
import { VirtualPeer } from "./virtualPeer.js";

/** Where devices join: a UNIX socket, or a TCP port of this computer. */
export type VirtualAddress = { readonly path: string } | { readonly port: number };

export interface VirtualRadioOptions {
  readonly at: VirtualAddress;
  readonly clock: Clock;
  /** ATT_MTU of every link, 23 … 517; 185 unless told. */
  readonly mtu?: number;
  readonly maximumLinks?: number;
}

/** Only this computer's programs join: there is no authentication before the protocol's own. */
const host = "127.0.0.1";
const usualMtu = 185;
const usualMaximum = 64;
/** Devices that may have joined at once; more are turned away. */
const maximumDevices = 256;

/** A PN GW's radio without Bluetooth: devices are programs that join over a socket (docs/VIRTUAL-RADIO.md). */
export class VirtualRadio implements GatewayRadio {
  readonly maximumLinks: number;
  readonly #options: VirtualRadioOptions;
  readonly #server: Server;
  readonly #peers = new Map<string, VirtualPeer>();
  readonly #attempts = new Map<string, LinkListener>();
  #listener: RadioListener | undefined;
  #count = 0;

  private constructor(options: VirtualRadioOptions) {
    this.#options = options;
    this.maximumLinks = options.maximumLinks ?? usualMaximum;
    this.#server = createServer((socket) => this.#joined(socket));
  }

  /** Listens. Rejects with Refusal, or the system's error, when it cannot. */
  static async listen(options: VirtualRadioOptions): Promise<VirtualRadio> {
    const radio = new VirtualRadio(options);
    const { at } = options;
    if ("path" in at) await removeStale(at.path);
    await new Promise<void>((resolve, reject) => {
      radio.#server.once("error", reject);
      // The socket is made at once, and never anybody's but its owner's.
      const mask = process.umask(0o177);
      radio.#server.listen("path" in at ? { path: at.path } : { port: at.port, host }, resolve);
      process.umask(mask);
    });
    return radio;
  }

  /** Where it listens, the port in place of 0. */
  get address(): VirtualAddress {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? { port: address.port } : this.#options.at;
  }

  start(listener: RadioListener): void {
    this.#listener = listener;
    this.#options.clock.after(Milliseconds(0), () => this.#listener?.usable());
  }

  stop(): void {
    this.#listener = undefined;
    this.#attempts.clear();
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#server.close();
  }

  connect(id: string, listener: LinkListener): void {
    if (this.#attempts.has(id)) {
      this.#options.clock.after(Milliseconds(0), () => listener.failed(new RadioError("radio.busy")));
      return;
    }
    this.#attempts.set(id, listener);
    this.#options.clock.after(Milliseconds(0), () => {
      if (this.#attempts.get(id) !== listener) return;
      this.#attempts.delete(id);
      const peer = this.#peers.get(id);
      if (peer === undefined) listener.failed(new RadioError("radio.timeout"));
      else peer.connect(listener);
    });
  }

  cancel(id: string): void {
    const listener = this.#attempts.get(id);
    this.#attempts.delete(id);
    listener?.failed(new RadioError("radio.cancelled"));
  }

  #joined(socket: Socket): void {
    // Nobody listens yet, or any more.
    if (this.#listener === undefined || this.#peers.size >= maximumDevices) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const id = `virtual-${++this.#count}`;
    const { clock, mtu = usualMtu } = this.#options;
    const peer = new VirtualPeer({
      socket,
      clock,
      mtu,
      advertises: (advertisement) => {
        if (advertisement === undefined) this.#listener?.lost(id);
        else this.#listener?.heard(id, advertisement);
      },
      gone: () => this.#peers.delete(id),
    });
    this.#peers.set(id, peer);
  }
}

/** Of a socket that a program has left behind; one that somebody listens at stays. Throws Refusal. */
async function removeStale(path: string): Promise<void> {
  // The system says of a folder that is not there that it is not allowed.
  if (!existsSync(dirname(path))) throw new Refusal(`${dirname(path)} is not there: make it first`);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw new Refusal(`${path} is no socket: choose another path for --radio virtual:PATH`);
  const taken = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (taken) throw new Refusal(`${path}: another program listens there already`);
  rmSync(path, { force: true });
}
