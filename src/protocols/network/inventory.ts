import { encode, type Infer } from "../../codec/schema.js";
import { maximumInventory, pnInventory } from "./messages.js";

type Inventory = Infer<typeof pnInventory>;

/**
 * The inventory in octets, at most `maximumInventory` with 32 members. Names that find no room after those before them
 * are left out: these members show by their Entity IDs.
 */
export function inventoryOctets(inventory: Inventory): Uint8Array {
  for (let named = inventory.members.length; ; named--) {
    const members = inventory.members.map((one, at) => (at < named ? one : { entityID: one.entityID }));
    const octets = encode(pnInventory, { ...inventory, members });
    if (octets.length <= maximumInventory || named === 0) return octets;
  }
}
