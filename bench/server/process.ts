import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../hosts/server/server.js", import.meta.url));

/** As deploy/ has it. */
const asDeployed = ["--max-semi-space-size=4"];

/** A Server in a process of its own, as it is run. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #metrics: number;
  readonly port: number;

  private constructor(child: ChildProcess, port: number, metrics: number) {
    this.#child = child;
    this.port = port;
    this.#metrics = metrics;
  }

  /** Resolves when it runs. Rejects with what it said when it does not. */
  static async start(
    data: string,
    database: string | undefined,
    ports: readonly [number, number],
  ): Promise<ServerProcess> {
    const [port, metrics] = ports;
    const place = [
      "--listen",
      `127.0.0.1:${port}`,
      "--metrics",
      `127.0.0.1:${metrics}`,
      "--hosts",
      "127.0.0.1",
    ];
    const env = { ...process.env, ...(database !== undefined && { CPNS_DATABASE: database }) };
    const child = spawn(process.execPath, [...asDeployed, program, "--data", data, "--everybody", ...place], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    // Its log is read, so that its pipe never fills, and forgotten.
    child.stderr.on("data", (text) => {
      said = String(text);
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (text) => {
        if (String(text).includes("running at")) resolve();
      });
      child.once("exit", () => reject(new Error(said)));
    });
    return new ServerProcess(child, port, metrics);
  }

  /** Seconds of CPU that it has used, and octets of memory that it has, by its own metrics. */
  async used(): Promise<{ readonly cpu: number; readonly memory: number }> {
    const text = await new Promise<string>((resolve, reject) => {
      get({ host: "127.0.0.1", port: this.#metrics, path: "/metrics" }, (response) => {
        let all = "";
        response.on("data", (part) => {
          all += String(part);
        });
        response.on("end", () => resolve(all));
      }).on("error", reject);
    });
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
    return { cpu: value("process_cpu_seconds_total"), memory: value("process_resident_memory_bytes") };
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null) await once(this.#child, "exit");
  }
}
