/** How a button of the page tells short presses from long ones. */
export interface Held {
  press(): void;
  hold(): void;
  /** Once more of a long press that goes on. */
  again?(): void;
}

/** A key held so long is a long press, in milliseconds; then it repeats where that means something. */
const longPress = 600;
const repeat = 160;

export function listen(button: HTMLElement, { press, hold, again }: Held): void {
  let timer = 0;
  let held = false;
  const stop = (): void => {
    clearTimeout(timer);
    clearInterval(timer);
  };
  button.addEventListener("pointerdown", () => {
    held = false;
    stop();
    timer = setTimeout(() => {
      held = true;
      hold();
      if (again !== undefined) timer = setInterval(again, repeat);
    }, longPress);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(end, stop);
  button.addEventListener("click", (event) => {
    // The computer's keyboard clicks too, without a pointer: detail is 0.
    if (!held || event.detail === 0) press();
    held = false;
  });
  // With the computer's keyboard a long press is one with Shift.
  button.addEventListener("keydown", (event) => {
    if (!event.shiftKey || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    hold();
  });
  // A long press on a touch screen is one of the device, not one for the browser's menu.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}
