import { encode, type Infer } from "../../codec/schema.js";
import { maximumInventory, pnInventory } from "./messages.js";

type Inventory = Infer<typeof pnInventory>;

/**
 * The inventory in octets, at most `maximumInventory` with 32 members. What finds no room after that of the members before
 * is left out: first contents, of which members then learn from answers to what they send, then names.
 */
export function inventoryOctets(inventory: Inventory): Uint8Array {
  const { length } = inventory.members;
  for (let kept = 2 * length; ; kept--) {
    const members = inventory.members.map(({ entityID, name, contents }, at) => ({
      entityID,
      ...(name !== undefined && at < kept && { name }),
      ...(contents !== undefined && at < kept - length && { contents }),
    }));
    const octets = encode(pnInventory, { ...inventory, members });
    if (octets.length <= maximumInventory || kept === 0) return octets;
  }
}
