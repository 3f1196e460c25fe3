import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped } from "./skipped.js";

/** Where Debian keeps what a cluster is made with; the newest version. */
function tools(): string | undefined {
  const folder = "/usr/lib/postgresql";
  if (!existsSync(folder)) return undefined;
  const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  return versions
    .map((version) => join(folder, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

/** PostgreSQL refuses to run as root: then another user does it. */
function asUser(): { readonly prefix: readonly string[]; readonly owner: string | undefined } {
  if (process.getuid?.() !== 0) return { prefix: [], owner: undefined };
  return { prefix: ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"], owner: "postgres" };
}

/** A PostgreSQL of its own in a temporary folder, on a UNIX socket, for one test file. */
export class TemporaryPostgres {
  readonly #folder: string;
  readonly #bin: string;
  readonly #prefix: readonly string[];
  #server: ReturnType<typeof spawn> | undefined;

  private constructor(folder: string, bin: string, prefix: readonly string[]) {
    this.#folder = folder;
    this.#bin = bin;
    this.#prefix = prefix;
  }

  /** For a `before` of mocha, which it gives a minute; skips, in words, where PostgreSQL is not installed. */
  static async start(context: Mocha.Context): Promise<TemporaryPostgres> {
    context.timeout(60_000);
    const bin = tools();
    if (bin === undefined) skipped(context, "what needs PostgreSQL", "initdb", "postgresql");
    const { prefix, owner } = asUser();
    const folder = mkdtempSync(join(tmpdir(), "cpns-postgres-"));
    mkdirSync(join(folder, "data"));
    if (owner !== undefined) execFileSync("chown", ["-R", owner, folder]);
    else chmodSync(folder, 0o700);
    const database = new TemporaryPostgres(folder, bin, prefix);
    database.#run("initdb", [
      "--auth=trust",
      "--username=cpns",
      "--no-sync",
      "--encoding=UTF8",
      join(folder, "data"),
    ]);
    await database.resume();
    return database;
  }

  #run(tool: string, args: readonly string[]): void {
    const [command = "", ...rest] = [...this.#prefix, join(this.#bin, tool), ...args];
    execFileSync(command, rest, { stdio: ["ignore", "ignore", "pipe"] });
  }

  get url(): string {
    return `postgres://cpns@/postgres?host=${encodeURIComponent(this.#folder)}`;
  }

  /** An empty database of this name. */
  fresh(name: string): string {
    this.#run("createdb", ["--host", this.#folder, "--username=cpns", name]);
    return `postgres://cpns@/${name}?host=${encodeURIComponent(this.#folder)}`;
  }

  /** Lets it only read, as a replica does or one that an operator has told so; or write again. */
  onlyReads(only: boolean): void {
    const change = `ALTER SYSTEM SET default_transaction_read_only = ${only ? "on" : "off"}`;
    const psql = ["--quiet", "--host", this.#folder, "--username=cpns", "postgres"];
    this.#run("psql", [...psql, "--command", change, "--command", "SELECT pg_reload_conf()"]);
  }

  /** Starts it, or starts it again after `pause`. */
  async resume(): Promise<void> {
    const settings = { listen_addresses: "''", unix_socket_directories: this.#folder, fsync: "off" };
    const options = Object.entries(settings).flatMap(([name, value]) => [
      "-c",
      `${name}=${value.replace(/^''$/, "")}`,
    ]);
    const [command = "", ...args] = [
      ...this.#prefix,
      join(this.#bin, "postgres"),
      "-D",
      join(this.#folder, "data"),
      ...options,
    ];
    this.#server = spawn(command, args, { stdio: "ignore" });
    for (let tries = 0; ; tries++) {
      try {
        this.#run("pg_isready", ["--host", this.#folder]);
        return;
      } catch (error) {
        if (tries > 300) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Stops it at once, as a crash of its machine would. */
  async pause(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGQUIT");
    await gone;
  }

  async remove(): Promise<void> {
    await this.pause();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
