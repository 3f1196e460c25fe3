import { openColourDisplay } from "../../display/colour/poco.js";
import { ThreeButtons } from "../../keypad/buttons.js";
import { hostButton } from "../../keypad/hostButton.js";
import { startTwin, ticks } from "../../sdkSimulator/sdkSimulator.js";

/** The stand-in for M5Stack in the SDK's simulator: its display, and the buttons below it to click. */

/** What the SDK's simulator makes. */
declare const Host: {
  readonly Button: Readonly<
    Record<"a" | "b" | "c", new (options: { onPush(pressed: number | boolean): void }) => { close?(): void }>
  >;
};

const { a, b, c } = Host.Button;

startTwin(
  openColourDisplay(screen, { ticker: ticks() }),
  new ThreeButtons({ left: hostButton(a), middle: hostButton(b), right: hostButton(c), ticker: ticks() }),
);
