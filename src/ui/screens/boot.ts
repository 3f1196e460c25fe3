import { type Page, page } from "../page.js";

/** Until the device is up. */
export const boot: Page = Object.freeze({
  id: "boot",
  draw: () => page("boot", "CPNS", []),
  press() {},
});
