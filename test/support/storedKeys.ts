import { ascii, hex } from "../../src/base/octets.js";
import type { KeyStore } from "../../src/keystore/keystore.js";
import { type EUKeyData, KeyOrigin, type LocalKeyData } from "../../src/keystore/schemas.js";

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

/** An EUKey record of which every octet of id and key is `octet`. */
export function euKey(octet: number, more: Partial<EUKeyData> = {}): EUKeyData {
  return {
    id: filled(8, octet),
    key: filled(32, octet),
    origin: KeyOrigin.password,
    createdAt: 1_790_000_000,
    userID: ascii("alice"),
    serverID: ascii("cpns.example"),
    ...more,
  };
}

/** A LocalEUKey for the PN that `pn` names. */
export function localKey(pn: number, keyID: number, octet: number): LocalKeyData {
  return {
    pnID: filled(16, pn),
    gatewayID: filled(16, 0xee),
    keyID,
    key: filled(32, octet),
    expiresAt: 1_800_000_000,
  };
}

/** Everything that a KeyStore shows, of LocalEUKeys those of PNs 1 and 2, as one text. */
export function snapshot(keyStore: KeyStore): string {
  const keys = keyStore.keys;
  const shown = (key: EUKeyData | undefined): string =>
    key === undefined
      ? "none"
      : [hex(key.id), hex(key.key), key.origin, key.createdAt, key.expiresAt, hex(key.userID)].join(" ");
  const lines = [
    keys.at,
    `committed ${shown("committed" in keys ? keys.committed : undefined)}`,
    `staged ${shown("staged" in keys ? keys.staged : undefined)}`,
    `entity ${keyStore.entityID === undefined ? "none" : hex(keyStore.entityID)}`,
    `failures ${keyStore.failures}`,
    `name ${keyStore.name ?? "none"}`,
  ];
  for (const pn of [1, 2]) {
    const key = keyStore.localKey(filled(16, pn));
    if (key !== undefined) lines.push(`pn ${pn}: ${key.keyID} ${hex(key.key)}`);
  }
  return lines.join("\n");
}
