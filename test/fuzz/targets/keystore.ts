import assert from "node:assert/strict";
import { KeyStore } from "../../../src/keystore/keystore.js";
import { type EUKeyData, KeyOrigin } from "../../../src/keystore/schemas.js";
import { cuts, MemoryStore, PowerCut } from "../../support/memoryStore.js";
import { rememberingSuite } from "../remembering.js";
import { named, parts, type Target } from "../target.js";

const names = ["euk.a", "euk.b", "leu.a", "leu.b", "id.a", "id.b", "try.a", "epo.a", "nam.b", "reset"];
const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

const keyOf = (which: number): EUKeyData => ({
  id: filled(8, which),
  key: filled(32, which + 1),
  origin: KeyOrigin.password,
  createdAt: which,
  userID: filled(5, 0x61),
  serverID: filled(5, 0x62),
});

/** Everything that there is to read. */
const readAll = (store: KeyStore): string =>
  [
    () => store.state,
    () => store.keys.at,
    () => `${store.committed?.origin}`,
    () => `${store.entityID?.length}`,
    () => `${store.name?.length}`,
    () => `${store.failures > 0}`,
    () => `${store.epoch(filled(16, 1)).length}`,
    () => `${store.localKey(filled(16, 1))?.keyID}`,
  ]
    .map(named)
    .join();

/** Flash that holds anything at all: it reads, or says why not, and a factory reset makes it good. */
function garbage(input: Uint8Array): string {
  const flash = new MemoryStore();
  for (const part of parts(input)) {
    const name = names[(part[0] ?? 0) % names.length];
    if (name !== undefined) flash.write(name, part.subarray(1));
  }
  const open = (): KeyStore => new KeyStore(flash, rememberingSuite);
  const first = readAll(open());
  open().factoryReset();
  assert.equal(open().state, "empty");
  return first;
}

/** What is done to it, and where power is cut; the key that is committed is never lost. */
function work(input: Uint8Array): string {
  const flash = new MemoryStore();
  let store = new KeyStore(flash, rememberingSuite);
  store.stage(keyOf(0));
  store.commit(keyOf(0).id);
  const allowed = new Set([0]);
  const outcomes = new Set<string>();
  for (const octet of input) {
    const before = flash.operations;
    const which = octet >> 4;
    const steps: readonly (() => void)[] = [
      () => store.stage(keyOf(which)),
      () => {
        allowed.add(which);
        store.commit(keyOf(which).id);
      },
      () => {
        store.name = `n${which}`;
      },
      () => {
        store.failures = which;
      },
      () => {
        const terms = { pnID: filled(16, which), gatewayID: filled(3, 1), key: filled(32, 9) };
        store.putLocalKey({ ...terms, keyID: which, expiresAt: 1 });
      },
      () => flash.cutPower(1 + (which & 3), cuts[which % cuts.length] ?? "before"),
    ];
    try {
      outcomes.add(named(() => `${steps[(octet & 15) % steps.length]?.() ?? "done"}`));
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      outcomes.add("cut");
      flash.reboot();
      store = new KeyStore(flash, rememberingSuite);
    }
    // Flash that nobody has touched holds what it held.
    if (flash.operations === before) continue;
    const { committed } = new KeyStore(flash.clone(), rememberingSuite);
    assert.ok(committed !== undefined && allowed.has(committed.createdAt), "a key is lost");
  }
  return [...outcomes].sort().join();
}

export const keystore: Target = {
  name: "keystore",
  run: (input) => ((input[0] ?? 0) % 2 === 0 ? garbage(input.subarray(1)) : work(input.subarray(1, 40))),
};
