import { fromHex } from "../../../../src/base/octets.js";
import { Told } from "../../../node/pages/client/told.js";
import { words } from "./words.js";

interface About {
  readonly serverID: string;
  readonly origin: string;
}

/** Who the Server is, and as what it sees this browser: asked each time, since a browser's address changes. */
async function about(): Promise<About> {
  let response: Response;
  try {
    response = await fetch("/server.json");
  } catch {
    throw new Told(words.notReached);
  }
  if (!response.ok) throw new Told(words.notNow);
  const { serverID, origin } = (await response.json()) as Partial<About>;
  if (typeof serverID !== "string" || typeof origin !== "string") throw new Told(words.notNow);
  return { serverID, origin };
}

/** The Server's Entity ID, the realm of its users. */
export const serverID = async (): Promise<Uint8Array> => fromHex((await about()).serverID);

/** What stands for the PN GW in a registration by the page. */
export const webOrigin = async (): Promise<Uint8Array> => fromHex((await about()).origin);
