import type { File } from "file";
import type { KeypadKind } from "../../../src/device/keypad/keypad.js";

/** Where the firmware in the SDK's simulator finds what a device finds around it. */
export interface TwinLink {
  /** TCP port of the simulated air. */
  readonly air: number;
  /** TCP port of a test that plays the person, and the keypad that it plays. */
  readonly control?: { readonly port: number; readonly keypad: KeypadKind };
}

/** The file "link" of the folder that holds its flash; without one the air is at the port `air`, with nobody to play. */
export function readLink(Sdk: typeof File, folder: string, air: number): TwinLink {
  const path = `${folder}/link`;
  if (!Sdk.exists(path)) return { air };
  const file = new Sdk(path);
  try {
    return JSON.parse(file.read(String)) as TwinLink;
  } finally {
    file.close();
  }
}
