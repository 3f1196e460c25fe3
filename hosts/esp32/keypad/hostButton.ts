import type { ButtonSource } from "./buttons.js";

type HostButton = new (options: { onPush(pressed: number | boolean): void }) => { close?(): void };

/** Looks for which a click on the simulator's button lasts, though it may come and go between two of them. */
const clickLasts = 4;

/** A button of the SDK's simulator (`Host.Button.a`), which tells and cannot be looked at. */
export const hostButton =
  (io: HostButton): ButtonSource =>
  () => {
    let down = false;
    let left = 0;
    const button = new io({
      onPush(pressed) {
        down = pressed === true || pressed === 1;
        if (down) left = clickLasts;
      },
    });
    return {
      pressed: () => {
        if (left > 0) left--;
        return down || left > 0;
      },
      close: () => button.close?.(),
    };
  };
