import { createServer, type Server, type Socket } from "node:net";
import { type ExternalAir, ExternalDevice } from "./device.js";

export interface ListenerOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly air: ExternalAir;
  joined?(device: ExternalDevice): void;
}

export interface Listener {
  readonly port: number;
  readonly devices: readonly ExternalDevice[];
  /** Lets every device go. */
  close(): void;
}

/** Only this computer's programs join: there is no authentication before the protocol's own. */
const host = "127.0.0.1";
const maximumDevices = 8;

/** Lets external devices into the air. Rejects when the port is taken. */
export async function listenForDevices({ port, air, joined }: ListenerOptions): Promise<Listener> {
  const devices: ExternalDevice[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((socket) => {
    if (devices.length >= maximumDevices) {
      socket.destroy();
      return;
    }
    const device = new ExternalDevice(`external-${++count}`, socket, air);
    devices.push(device);
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      devices.splice(devices.indexOf(device), 1);
    });
    joined?.(device);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    devices,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
