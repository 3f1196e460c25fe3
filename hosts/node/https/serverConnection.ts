import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { fromHex, hex } from "../../../src/base/octets.js";
import { Misuse, Refusal } from "../program/misuse.js";
import { pinOf } from "./certificate.js";
import { aboutPath, accountPath, legPath, legType, maximumBody, sessionHeader } from "./leg.js";

/** By what a PN GW knows its Server: the system's roots, a CA's file, or the pin of its key. */
export type Trust =
  | { readonly by: "roots" }
  | { readonly by: "ca"; readonly file: string }
  | { readonly by: "pin"; readonly pin: string };

export interface ServerConnectionOptions {
  /** https://HOST[:PORT] */
  readonly server: URL;
  readonly trust: Trust;
  /** Requests in flight, and with them connections. */
  readonly inFlight: number;
  /** What the person must know, a line: a Server that is not the one that is trusted. */
  refused(line: string): void;
}

/** An answer, or why there is none: `away` passes by itself, `refused` wants a person. */
export type LegAnswer =
  | { readonly octets: Uint8Array }
  | { readonly failed: "away" | "refused"; readonly why: string };

/** The Server holds a poll for 25 s, and the way there and back takes its time. */
const answerTime = 40_000;
const connectTime = 10_000;

/** https only: a PN GW never speaks in the clear. Throws Misuse. */
export function serverURL(text: string): URL {
  let url: URL;
  try {
    url = new URL(text.includes("://") ? text : `https://${text}`);
  } catch {
    throw new Misuse(`'${text}' is no address of a Server (https://HOST:PORT)`);
  }
  if (url.protocol !== "https:") throw new Misuse(`${text}: only https is spoken to the Server`);
  if (url.pathname !== "/" || url.search !== "")
    throw new Misuse(`${text}: an address without a path is expected`);
  if (url.username !== "" || url.password !== "" || url.port === "0")
    throw new Misuse(`${url.host} alone is expected, with a port from 1 to 65535 (https://HOST:PORT)`);
  return url;
}

/** Throws Misuse for what is no pin. */
export function readPin(text: string): Trust {
  if (!/^sha256\/[A-Za-z0-9+/]{43}=$/.test(text)) {
    throw new Misuse(`'${text}' is no pin (sha256/ and 44 characters of Base64, as the Server prints it)`);
  }
  return { by: "pin", pin: text };
}

/** The PN GW's way to its Server (S3 1b, C-32): POST over TLS, connections kept, several requests in flight. */
export class ServerConnection {
  readonly #options: ServerConnectionOptions;
  readonly #agent: Agent;
  #trouble: string | undefined;

  constructor(options: ServerConnectionOptions) {
    this.#options = options;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: options.inFlight,
      maxFreeSockets: options.inFlight,
    });
    const { server, trust } = options;
    const tls = tlsOptions(server, trust);
    // The agent hands out a connection only once the Server is known to be the one.
    this.#agent.createConnection = (_options, created) => {
      openTLS(tls, trust).then(
        (socket) => created?.(null, socket),
        (error: Error) => created?.(error, undefined as unknown as Duplex),
      );
      return undefined;
    };
  }

  /** Never rejects. */
  request(octets: Uint8Array): Promise<LegAnswer> {
    return this.#post(legPath, octets);
  }

  /** What the Server's page says of a User's account, with its session once there is one. Never rejects. */
  account(octets: Uint8Array, session?: Uint8Array): Promise<LegAnswer> {
    return this.#post(accountPath, octets, session && { [sessionHeader]: hex(session) });
  }

  #post(path: string, octets: Uint8Array, more: Readonly<Record<string, string>> = {}): Promise<LegAnswer> {
    return new Promise((resolve) => {
      const { hostname, port } = this.#options.server;
      const headers = { ...more, "Content-Type": legType, "Content-Length": octets.length };
      const request = httpsRequest({
        agent: this.#agent,
        host: hostname,
        port: port || 443,
        method: "POST",
        path,
        headers,
        timeout: answerTime,
      });
      const fail = (error: Error): void => resolve(this.#failed(error));
      request.on("error", fail);
      request.on("timeout", () => request.destroy(new Error("no answer in time")));
      request.on("response", (response) => {
        readAnswer(response).then(resolve, fail);
      });
      request.end(octets);
    });
  }

  /** The Server's Entity ID as it tells everybody, 1 to 32 octets; undefined when it cannot be asked now. */
  async serverID(): Promise<Uint8Array | undefined> {
    this.#trouble = undefined;
    const answer = await this.#get(aboutPath);
    if (answer === undefined) return undefined;
    const found = serverIDIn(Buffer.from(answer).toString("utf8"));
    if (found === undefined) this.#trouble = "what answers there is no CPNS Server";
    return found;
  }

  #get(path: string): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const { hostname, port } = this.#options.server;
      const options = { agent: this.#agent, host: hostname, port: port || 443, path, timeout: connectTime };
      const request = httpsRequest(options);
      request.on("error", (error) => {
        this.#failed(error);
        resolve(undefined);
      });
      request.on("timeout", () => request.destroy(new Error("no answer in time")));
      request.on("response", (response) => {
        if (response.statusCode !== 200) {
          this.#trouble = `HTTP ${response.statusCode}`;
          response.resume();
          return resolve(undefined);
        }
        bodyOf(response).then(resolve, () => resolve(undefined));
      });
      request.end();
    });
  }

  /** Why the last request found no Server that is trusted; a refusal has been told by itself. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  #failed(error: Error): LegAnswer {
    this.#trouble = undefined;
    if (!(error instanceof Refusal)) {
      this.#trouble = (error as NodeJS.ErrnoException).code ?? error.message;
      return { failed: "away", why: this.#trouble };
    }
    this.#options.refused(error.message);
    return { failed: "refused", why: error.message };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function serverIDIn(text: string): Uint8Array | undefined {
  try {
    const { serverID } = JSON.parse(text) as { serverID?: unknown };
    return typeof serverID === "string" && /^(?:[0-9a-f]{2}){1,32}$/.test(serverID)
      ? fromHex(serverID)
      : undefined;
  } catch {
    return undefined;
  }
}

function tlsOptions(server: URL, trust: Trust): ConnectionOptions {
  // An IPv6 address has its brackets in a URL alone.
  const host = server.hostname.replace(/^\[(.*)\]$/, "$1");
  const common = {
    host,
    port: Number(server.port || 443),
    minVersion: "TLSv1.2",
    // A name only: addresses are no server names (RFC 6066 §3).
    ...(isIP(host) !== 0 ? {} : { servername: host }),
  } as const;
  if (trust.by === "roots") return common;
  if (trust.by === "pin") return { ...common, rejectUnauthorized: false };
  try {
    const ca = readFileSync(trust.file);
    new X509Certificate(ca);
    return { ...common, ca };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined)
      throw new Refusal(`${trust.file} is no certificate in PEM`);
    throw new Refusal(`${trust.file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** A connection to a Server that is trusted; rejects with a Refusal for any other. */
function openTLS(options: ConnectionOptions, trust: Trust): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(untrusted(error) ?? error);
    };
    socket.setTimeout(connectTime, () => fail(new Error("no connection in time")));
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      socket.setTimeout(0);
      socket.off("error", fail);
      const found = pinOf(socket.getPeerCertificate(true).raw);
      if (trust.by === "pin" && found !== trust.pin) {
        return fail(
          new Refusal(
            `the Server shows the pin ${found}, and ${trust.pin} is trusted: it is another Server, or its key was replaced`,
          ),
        );
      }
      resolve(socket);
    });
  });
}

function untrusted(error: Error): Refusal | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (!/CERT|SIGNATURE|ISSUER|ALTNAME/.test(code)) return undefined;
  return new Refusal(
    `the Server's certificate is not trusted (${code}): give its pin by --pin, or a CA by --ca`,
  );
}

/** Rejects for anything but an answer of the Server. */
async function readAnswer(response: IncomingMessage): Promise<LegAnswer> {
  const status = response.statusCode ?? 0;
  const known = status === 200 && response.headers["content-type"] === legType;
  if (!known) {
    response.resume();
    return { failed: "away", why: `HTTP ${status}` };
  }
  return { octets: await bodyOf(response) };
}

/** In an array of its own. Rejects for a body that is too long. */
async function bodyOf(response: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maximumBody) throw new Error("an answer that is too long");
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}
