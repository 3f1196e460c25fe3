import type { AirLink } from "../world/radio.js";

/** What happens to the n-th fragment of a connection, both directions counted together from 1. */
export interface FragmentFault {
  readonly fragment: number;
  readonly kind: "drop" | "corrupt" | "duplicate" | "dropLink";
}

function changed(fragment: Uint8Array, kind: FragmentFault["kind"]): readonly Uint8Array[] {
  if (kind === "drop") return [];
  if (kind === "duplicate") return [fragment, fragment];
  const corrupt = fragment.slice();
  const last = corrupt.length - 1;
  corrupt[last] = (corrupt[last] ?? 0) ^ 1;
  return [corrupt];
}

/** Lays the faults upon a connection that has not carried anything yet. */
export function layFaults(
  link: AirLink,
  faults: readonly FragmentFault[],
  met: (fault: FragmentFault) => void,
): void {
  let count = 0;
  link.tamper = (fragment) => {
    count++;
    const fault = faults.find((one) => one.fragment === count);
    if (fault === undefined) return [fragment];
    met(fault);
    if (fault.kind !== "dropLink") return changed(fragment, fault.kind);
    link.disconnect("link lost");
    return [];
  };
}
