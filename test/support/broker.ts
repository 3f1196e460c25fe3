import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.js";

/** Where Mosquitto is; undefined without one. */
export const mosquitto = [
  "/usr/sbin/mosquitto",
  "/usr/local/sbin/mosquitto",
  "/opt/homebrew/sbin/mosquitto",
].find(existsSync);

/** A real broker, which can be stopped and started again; it keeps nothing on disk. */
export class Broker {
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(port: number, folder: string, settings: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    writeFileSync(
      join(folder, "mosquitto.conf"),
      [`listener ${port} 127.0.0.1`, "persistence false", ...settings].join("\n"),
    );
  }

  async start(): Promise<boolean> {
    this.#child = spawn(mosquitto ?? "", ["-c", join(this.#folder, "mosquitto.conf")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    this.#child.stderr?.on("data", (octets) => {
      said += octets;
    });
    const { exitCode } = this.#child;
    await until(() => / running/.test(said) || this.#child?.exitCode !== exitCode, "the broker to run");
    return / running/.test(said);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
  }
}
