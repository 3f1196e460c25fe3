import { equalBytes, hex } from "../../base/octets.js";
import { Milliseconds } from "../../base/units.js";
import type { EntityRecord, OwnerRecord, ServerKey, ServerTables } from "../../database/tables.js";

/** Which devices are a User's at the Server (EUK-UI-16, EUK-GW-10, C-12), and how many may be. */

/** Devices of one User. */
export const maximumEntities = 256;
/** Devices of one User for which a key was made that nobody has confirmed yet; the oldest gives way. */
export const maximumClaims = 8;
/** A device that nobody has confirmed for so long is nobody's: time to charge one that went off in between. */
export const claimLifetime = Milliseconds(24 * 3_600_000);

const nothing: OwnerRecord = Object.freeze({ entities: Object.freeze([]), claims: Object.freeze([]) });

/** What a staged key is for. */
export interface Claim {
  readonly role: EntityRecord["role"];
  readonly entityID: Uint8Array;
  readonly userID: Uint8Array;
}

/** True when another User's, or when a PN GW wants to be a PNE or the other way about. */
const foreign = (known: EntityRecord | undefined, { role, userID }: Claim): boolean =>
  known?.committed !== undefined && (known.role !== role || !equalBytes(known.userID, userID));

/**
 * Keeps a new key beside the committed one. A claim alone takes nothing from anybody: until somebody confirms the key,
 * the next one who knows a password may claim the same Entity ID.
 */
export async function stageKey(
  tables: ServerTables,
  claim: Claim,
  staged: NonNullable<EntityRecord["staged"]>,
  now: Milliseconds,
): Promise<"staged" | "foreign" | "tooMany"> {
  const { entities, owners } = tables;
  await entities.expire(now);
  const name = hex(claim.entityID);
  const known = await entities.get(name);
  if (foreign(known, claim)) return "foreign";
  const user = hex(claim.userID);
  const owner = (await owners.get(user)) ?? nothing;
  if (known?.committed === undefined) {
    if (owner.entities.length >= maximumEntities) return "tooMany";
    const others = owner.claims.filter((one) => one !== name);
    for (const one of others.slice(0, -(maximumClaims - 1))) await dropClaim(tables, one, claim.userID);
    await owners.put(user, { ...owner, claims: [...others.slice(-(maximumClaims - 1)), name] });
  }
  const expiresAt = Milliseconds(now + claimLifetime);
  await entities.put(name, {
    lastLocalKeyID: 0,
    ...known,
    userID: claim.userID,
    role: claim.role,
    staged,
    ...(known?.committed === undefined && { expiresAt }),
  });
  return "staged";
}

async function dropClaim({ entities }: ServerTables, name: string, userID: Uint8Array): Promise<void> {
  const known = await entities.get(name);
  const own = known?.staged !== undefined && equalBytes(known.staged.userID, userID);
  if (own && known.committed === undefined) await entities.delete(name);
}

/** Makes the staged key the only one, and its User the owner. */
export async function commitKey(
  { entities, owners }: ServerTables,
  name: string,
  entity: Pick<EntityRecord, "role" | "lastLocalKeyID">,
  staged: NonNullable<EntityRecord["staged"]>,
): Promise<void> {
  const { userID, gatewayID: _, ...committed } = staged;
  const { role, lastLocalKeyID } = entity;
  await entities.put(name, { role, lastLocalKeyID, userID, committed: committed satisfies ServerKey });
  const user = hex(userID);
  const owner = (await owners.get(user)) ?? nothing;
  const claims = owner.claims.filter((one) => one !== name);
  await owners.put(user, { entities: [...owner.entities.filter((one) => one !== name), name], claims });
}

/** Makes a device nobody's: its key and sessions end. False when it was nobody's. */
export async function release({ entities, owners }: ServerTables, entityID: Uint8Array): Promise<boolean> {
  const name = hex(entityID);
  const known = await entities.get(name);
  if (known === undefined) return false;
  await entities.delete(name);
  const user = hex(known.userID);
  const owner = (await owners.get(user)) ?? nothing;
  const without = (names: readonly string[]): string[] => names.filter((one) => one !== name);
  await owners.put(user, { entities: without(owner.entities), claims: without(owner.claims) });
  return true;
}

/** Takes every device from a User who is removed: their keys and sessions end. */
export async function disown({ entities, owners }: ServerTables, userID: Uint8Array): Promise<number> {
  const user = hex(userID);
  const owner = (await owners.get(user)) ?? nothing;
  for (const name of [...owner.entities, ...owner.claims]) {
    const known = await entities.get(name);
    if (known !== undefined && equalBytes(known.userID, userID)) await entities.delete(name);
  }
  await owners.delete(user);
  return owner.entities.length;
}
