import { connect, type Socket } from "node:net";
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

/** Serves one connection: each line is answered in its order. */
export function serveControl(
  socket: Socket,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): void {
  let waiting = "";
  let last: Promise<void> = Promise.resolve();
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    waiting += text;
    if (waiting.length > longestLine) return void socket.destroy();
    for (;;) {
      const end = waiting.indexOf("\n");
      if (end < 0) return;
      const line = waiting.slice(0, end);
      waiting = waiting.slice(end + 1);
      last = last.then(async () => {
        let said: ControlAnswer;
        try {
          said = await answer(readRequest(JSON.parse(line)));
        } catch (error) {
          said = { error: error instanceof Error ? error.message : String(error) };
        }
        if (socket.writable) socket.write(`${JSON.stringify(said)}\n`);
      });
    }
  });
}

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
    socket.on("error", () => reject(new Refusal(`no gateway runs on ${folder}: start it with cpns gateway`)));
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
