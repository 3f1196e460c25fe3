import { randomBytes } from "node:crypto";
import { ascii } from "../../src/base/octets.js";
import type { KeyValue } from "../../src/base/ports.js";
import type { ServerConnection } from "../node/https/serverConnection.js";
import { Refusal } from "../node/program/misuse.js";

/** Who the gateway is, and whom it belongs to: made and learnt at the first start, kept since. */

const identityName = "identity";
const serverName = "server";
const addressName = "address";
const pinName = "pin";
const idLength = 16;

/** The gateway's first Entity ID: 16 random octets of its own; where another User has it, the core takes one more. */
export function gatewayIDOf(store: KeyValue): Uint8Array {
  const kept = store.read(identityName);
  if (kept !== undefined && kept.length === idLength) return kept;
  const made = Uint8Array.from(randomBytes(idLength));
  store.write(identityName, made);
  return made;
}

/** The Server's address and pin as given, else as they were kept; what is given is kept. Throws Refusal without any. */
export function serverAddressOf(
  store: KeyValue,
  given: { readonly server: string | undefined; readonly pin: string | undefined },
): { readonly server: string; readonly pin: string | undefined } {
  const kept = (name: string): string | undefined => {
    const octets = store.read(name);
    return octets && String.fromCharCode(...octets);
  };
  const server = given.server ?? kept(addressName);
  if (server === undefined)
    throw new Refusal("which Server? Give its address by --server https://HOST:PORT, and its pin by --pin");
  // Another Server has another pin.
  const pin =
    given.pin ??
    (given.server === undefined || given.server === kept(addressName) ? kept(pinName) : undefined);
  if (given.server !== undefined) store.write(addressName, ascii(server));
  if (pin !== undefined) store.write(pinName, ascii(pin));
  else if (given.server !== undefined) store.delete(pinName);
  return { server, pin };
}

/**
 * The Server's Entity ID, asked once over the trusted connection. Undefined when the Server was never reached: try
 * again. Throws Refusal when the Server is another one than the gateway's: its keys would be of no use there.
 */
export async function serverIDOf(
  store: KeyValue,
  connection: ServerConnection,
): Promise<Uint8Array | undefined> {
  const kept = store.read(serverName);
  const told = await connection.serverID();
  if (told === undefined) return kept;
  if (kept !== undefined && Buffer.compare(kept, told) !== 0) {
    throw new Refusal(
      `this Server calls itself '${text(told)}', and the gateway belongs to '${text(kept)}': use that Server's address, or another state folder`,
    );
  }
  if (kept === undefined) store.write(serverName, told);
  return told;
}

const text = (octets: Uint8Array): string => String.fromCharCode(...octets);
