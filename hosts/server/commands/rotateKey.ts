import { rotated, withoutOlder } from "../keys.js";
import { dataFolder, openServer } from "../open.js";
import { type Call, none, type OperatorCommand } from "./command.js";

export const rotateKey: OperatorCommand = {
  name: "rotate-key",
  about: "a new master key for every secret; stop all Servers first",
  more: [
    "A Server that runs meanwhile can write nothing more. Copy server.keys anew afterwards: to where its copy is kept,",
    "and into the data folders of other Servers. Older back-ups open with the older copy only.",
    "Ended half way, it is simply called again.",
  ],
  alone: true,
  plan(rest) {
    none(rest);
    return rotate;
  },
};

async function rotate({ open, values, tell }: Call): Promise<void> {
  const folder = dataFolder(values);
  const keys = rotated(folder, open.keys);
  const again = await openServer(values, open.ports.log, false);
  try {
    const rows = await again.store.renew();
    withoutOlder(folder, keys);
    tell(`${rows} rows are sealed under the new key. Copy server.keys anew`, { rows });
  } finally {
    await again.database.close();
  }
}
