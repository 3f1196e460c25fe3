import { allZero } from "../../src/base/octets.js";
import { Secret } from "../../src/crypto/secret.js";

/**
 * The secrets that `work` looks at, but for those that it was told of: each is to be wiped when it ends, or somebody else's.
 * It sees what becomes of a Secret, not of an array of octets.
 */
export async function usedSecrets(
  work: () => unknown,
  known: Iterable<Secret> = [],
): Promise<ReadonlySet<Secret>> {
  const own = Object.getOwnPropertyDescriptor(Secret.prototype, "octets");
  if (own?.get === undefined) throw new Error("a Secret has octets");
  const { get } = own;
  const used = new Set<Secret>();
  Object.defineProperty(Secret.prototype, "octets", {
    ...own,
    get(this: Secret) {
      used.add(this);
      return get.call(this);
    },
  });
  try {
    await work();
  } finally {
    Object.defineProperty(Secret.prototype, "octets", own);
  }
  for (const one of known) used.delete(one);
  return used;
}

/** How many of them are still there: neither wiped, nor their octets by who has them, too. */
export const left = (used: Iterable<Secret>): number =>
  [...used].filter((one) => !one.wiped && !allZero(one.octets)).length;
