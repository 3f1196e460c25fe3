import { randomBytes } from "node:crypto";
import { linkSync, renameSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Refusal } from "./misuse.js";

/** Programs that start at the same moment, each with another one's socket in its way. */
const mostTries = 16;

/**
 * A program's socket in its folder, which is its lock too: who can be reached there holds the folder, and two programs
 * never work on one. It goes with its process, however that ends. Throws Refusal when another one has the folder.
 *
 * It listens under a name of its own first, and is linked to its place then: whatever stands there can be reached, or its
 * process has ended. Else who starts at the same moment would take a socket for dead that is just being made.
 */
export async function lockFolder(folder: string, serve: (socket: Socket) => void): Promise<Server> {
  const path = socketPath(folder);
  const own = besideOf(folder);
  const server = await listen(own, serve);
  const refuse = async (): Promise<never> => {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    throw new Refusal(`${folder} is in use by another process`);
  };
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      if (linked(own, path)) return server;
      const there = whichOf(path);
      if (await answers(path)) break;
      if (there !== undefined) takeAway(folder, path, there);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return refuse();
}

/** Octets of a UNIX socket's path, one less than the system's own field. Of a longer one Node takes the first octets. */
export const maximumSocketPath = process.platform === "linux" ? 107 : 103;

/** Where the program of a folder is reached. Throws Refusal. */
export function socketPath(folder: string): string {
  const path = join(folder, "control.sock");
  if (Buffer.byteLength(path) > maximumSocketPath)
    throw new Refusal(
      `${folder}: the path of the socket in it has more than ${maximumSocketPath} octets: choose a shorter one`,
    );
  return path;
}

/** Not longer than the socket's own name, since paths of sockets have an end. */
const besideOf = (folder: string): string => join(folder, `.${randomBytes(5).toString("hex")}`);

/** False when something stands there. */
function linked(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Tells one file from the next one of the same name, whose number may be the same; undefined where there is none. */
function whichOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.mtimeNs}`;
}

/** Takes the socket of a process that has ended out of the way, and no other one's: another program may be quicker. */
function takeAway(folder: string, path: string, dead: string): void {
  if (whichOf(path) !== dead) return;
  const aside = besideOf(folder);
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (whichOf(aside) !== dead) linked(aside, path);
  rmSync(aside, { force: true });
}

function listen(path: string, serve: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(serve);
    server.once("error", reject);
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
