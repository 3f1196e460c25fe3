import { createServer, type Socket } from "node:net";
import type { HciController } from "./controller.js";
import { H4Reader } from "./h4.js";

export interface H4Port {
  readonly port: number;
  /** What a host has sent that is no HCI. */
  readonly faults: readonly string[];
  close(): void;
}

/** Serves a controller to a host stack that speaks H4 over TCP, as one in an emulator whose UART is a socket. */
export async function serveH4(controller: HciController): Promise<H4Port> {
  const faults: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    controller.attach((packet) => socket.write(packet));
    const reader = new H4Reader((packet) => controller.fromHost(packet));
    socket.setNoDelay(true);
    socket.on("data", (octets) => {
      try {
        reader.push(octets);
      } catch (error) {
        faults.push((error as Error).message);
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      controller.unplug();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    faults,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
