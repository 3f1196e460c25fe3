import { rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Refusal } from "./misuse.js";

/**
 * A program's socket in its folder, which is its lock too: who can be reached there holds the folder, and two programs
 * never work on one. It goes with its process, however that ends. Throws Refusal when another one has the folder.
 */
export async function lockFolder(folder: string, serve: (socket: Socket) => void): Promise<Server> {
  const path = socketPath(folder);
  const first = await listen(path, serve);
  if (first !== undefined) return first;
  if (await answers(path)) throw new Refusal(`${folder} is in use by another process`);
  // Its process has ended without removing it.
  rmSync(path, { force: true });
  const second = await listen(path, serve);
  if (second === undefined) throw new Refusal(`${folder} is in use by another process`);
  return second;
}

/** Where the program of a folder is reached. */
export const socketPath = (folder: string): string => join(folder, "control.sock");

function listen(path: string, serve: (socket: Socket) => void): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(serve);
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    // Who may connect is who may enter the folder.
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
