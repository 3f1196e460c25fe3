import { statSync } from "node:fs";
import { fromHex, hex } from "../../../src/base/octets.js";
import { Result } from "../../../src/codec/results.js";
import { Server } from "../../../src/server/server.js";
import { readImportFile } from "../../factory/importFile.js";
import { Misuse, Refusal } from "../../node/program/misuse.js";
import { asDay, asText, type Call, each, type OperatorCommand, only } from "./command.js";

export const devices: OperatorCommand = {
  name: "devices",
  operands: "[release|rekey|import X]",
  about: "lists devices; frees, re-keys one, takes a factory's list",
  more: [
    "X is the device's ID, or the file. release ends the device's key and sessions: whoever enrols it next owns it.",
    "rekey tells the device through its gateway; one that is not reached is told when it is next in a network.",
    "import takes all of the file or nothing; delete the file afterwards, it holds the devices' Temporary Keys.",
  ],
  plan([action, ...operands]) {
    if (action === undefined) return list;
    if (action === "import") {
      const file = only("a file", operands);
      return (call) => take(call, file);
    }
    const work = action === "release" ? release : action === "rekey" ? rekey : undefined;
    if (work === undefined) throw new Misuse("devices release, rekey or import is expected");
    const id = only("a device's ID", operands);
    if (!/^(?:[0-9a-f]{2}){1,32}$/i.test(id)) throw new Misuse(`'${id}' is no ID in hexadecimal`);
    return (call) => work(call, id.toLowerCase());
  },
};

function list({ open, tell }: Call): Promise<void> {
  return each(
    open,
    ({ entities }) => entities,
    (id, { role, userID, name = "", seenAt, gatewayID, committed }) => {
      if (role !== "pne") return;
      const [user, seen] = [asText(userID), asDay(seenAt)];
      const key = { through: hex(gatewayID), origin: committed.origin, made: asDay(committed.createdAt) };
      tell(`${id}\t${user}\t${name}\tseen ${seen}`, { id, user, name, seen, key });
    },
  );
}

/** C-38. */
async function rekey({ open, tell }: Call, id: string): Promise<void> {
  const result = await new Server(open.ports).reassign(fromHex(id));
  const known = await open.store.read(({ entities }) => entities.get(id));
  if (known?.role !== "pne") throw new Refusal("nobody owns such a device");
  const line =
    result === Result.ok
      ? "the device was told to get a new key"
      : "the device is told when it is next in a network";
  tell(line, { id, done: result === Result.ok ? "told" : "wanted" });
}

async function release({ open, tell }: Call, id: string): Promise<void> {
  await new Server(open.ports).releaseDevice(fromHex(id));
  tell("the device is nobody's", { id, done: "released" });
}

async function take({ open, tell }: Call, file: string): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw new Refusal(`${file} is no file`);
  const added = await new Server(open.ports).importDevices(readImportFile(file));
  tell(`${added} devices are new`, { file, new: added });
}
