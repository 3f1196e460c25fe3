import { connect, type Socket } from "node:net";
import { called } from "../node/program/called.js";
import { socketPath } from "../node/program/folderLock.js";
import { Refusal } from "../node/program/misuse.js";

/**
 * The gateway's socket in its state folder: a line of JSON asks, a line answers. Who may enter the folder may use it;
 * passwords go over it as text, and nowhere else.
 */

/** What is asked; `command` is a GatewayCommand, or one about guests, with passwords and payloads as text. */
export type ControlRequest =
  | { readonly ask: "view" }
  /** Where the page is; `reset` forgets its password and ends its sessions. */
  | { readonly ask: "page"; readonly reset: boolean }
  | { readonly ask: "command"; readonly command: Readonly<Record<string, unknown>> };

/** `code` is of an error that the registry has. */
export type ControlAnswer = { readonly value: unknown } | { readonly error: string; readonly code?: string };

const longestLine = 16_384;

/** The connections of a gateway's socket. */
export class ControlConnections {
  readonly #answer: (request: ControlRequest) => Promise<ControlAnswer>;
  readonly #open = new Set<Socket>();

  constructor(answer: (request: ControlRequest) => Promise<ControlAnswer>) {
    this.#answer = answer;
  }

  readonly serve = (socket: Socket): void => {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    serveControl(socket, this.#answer);
  };

  /** Nobody who stays connected, whether he asks or not, keeps the gateway from ending. */
  end(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** Serves one connection: each line is answered in its order, and none is read before the one before it was. */
export function serveControl(
  socket: Socket,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): void {
  let waiting = "";
  const answerAll = async (): Promise<void> => {
    for (let end = waiting.indexOf("\n"); end >= 0 && socket.writable; end = waiting.indexOf("\n")) {
      const line = waiting.slice(0, end);
      waiting = waiting.slice(end + 1);
      const said = `${JSON.stringify(await answered(line, answer))}\n`;
      if (socket.writable && !socket.write(said)) await taken(socket);
    }
    if (waiting.length > longestLine) socket.destroy();
    else socket.resume();
  };
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    waiting += text;
    socket.pause();
    void answerAll();
  });
}

async function answered(
  line: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<ControlAnswer> {
  try {
    return await answer(readRequest(JSON.parse(line)));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Once who asks has taken what was answered, or is gone. */
const taken = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      socket.off("drain", over).off("close", over);
      resolve();
    };
    socket.once("drain", over).once("close", over);
  });

/** Throws Error in one line for what is none. */
export function readRequest(value: unknown): ControlRequest {
  const { ask, command, reset } = (value ?? {}) as { ask?: unknown; command?: unknown; reset?: unknown };
  if (ask === "view") return { ask };
  if (ask === "page") return { ask, reset: reset === true };
  if (ask === "command" && typeof command === "object" && command !== null) {
    return { ask, command: command as Record<string, unknown> };
  }
  throw new Error("unknown request");
}

/** Asks the gateway that works on this folder. Rejects with a Refusal when there is none, or it says no. */
export function askGateway(folder: string, request: ControlRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath(folder));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", (error: NodeJS.ErrnoException) => reject(notThere(folder, error.code)));
    socket.on("close", () => reject(new Refusal("the gateway has stopped")));
    socket.on("data", (part: string) => {
      text += part;
      const end = text.indexOf("\n");
      if (end < 0) return;
      socket.removeAllListeners("close").destroy();
      const said = JSON.parse(text.slice(0, end)) as ControlAnswer;
      if ("error" in said) reject(new Refusal(said.error));
      else resolve(said.value);
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/** Why nobody answers at this folder. */
export function notThere(folder: string, code: string | undefined): Refusal {
  if (code === "EACCES" || code === "EPERM")
    return new Refusal(`${folder} is another user's: run this as the user that the gateway runs as`);
  return new Refusal(
    `no gateway runs on ${folder}: start it with ${called("gateway")}, or say by --state where it runs`,
  );
}
