import { randomBytes } from "node:crypto";
import { ascii } from "../../src/base/octets.js";
import type { KeyValue } from "../../src/base/ports.js";
import { readPin, type ServerConnection, serverURL } from "../node/https/serverConnection.js";
import { Misuse, Refusal } from "../node/program/misuse.js";

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

/** What a person gives of the Server; `pin` may be "no". */
interface GivenServer {
  readonly server?: string | undefined;
  readonly pin?: string | undefined;
  readonly ca?: string | undefined;
}
const noPin = "no";

/**
 * The Server's address and pin as given, else as they were kept; what is given is kept, once it is known to be some. A CA
 * takes the pin's place. Throws Misuse for what is none, and Refusal without any.
 */
export function serverAddressOf(
  store: KeyValue,
  given: GivenServer,
): { readonly server: string; readonly pin: string | undefined } {
  const kept = (name: string): string | undefined => {
    const octets = store.read(name);
    return octets && String.fromCharCode(...octets);
  };
  if (given.pin !== undefined && given.ca !== undefined) throw new Misuse("one of --pin and --ca");
  if (given.pin !== undefined && given.pin !== noPin) readPin(given.pin);
  // A name in other letters than ASCII becomes one that DNS has.
  const address = given.server === undefined ? undefined : serverURL(given.server).origin;
  const former = kept(addressName);
  const server = address ?? former;
  if (server === undefined)
    throw new Refusal("which Server? Give its address by --server https://HOST:PORT, and its pin by --pin");
  const pinless = given.pin === noPin || given.ca !== undefined;
  // Another Server has another pin.
  const same = former !== undefined && originOf(server) === originOf(former);
  const pin = pinless ? undefined : (given.pin ?? (same ? kept(pinName) : undefined));
  if (address !== undefined) store.write(addressName, ascii(address));
  if (pin !== undefined) store.write(pinName, ascii(pin));
  else store.delete(pinName);
  return { server, pin };
}

/** Of an address that an earlier release has kept, too, which kept whatever was given. */
function originOf(address: string): string | undefined {
  try {
    return serverURL(address).origin;
  } catch {
    return undefined;
  }
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
