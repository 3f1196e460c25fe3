/** The pointer as a finger on the display: where it comes, goes and leaves, no oftener than it is looked at. */

const least = 40;

/** `felt` gets the pointer's event, or nothing when the finger leaves. */
export function followFinger(display: HTMLElement, felt: (event: PointerEvent | undefined) => void): void {
  let down = false;
  let last = 0;
  display.addEventListener("pointerdown", (event) => {
    down = true;
    last = event.timeStamp;
    display.setPointerCapture(event.pointerId);
    felt(event);
  });
  display.addEventListener("pointermove", (event) => {
    if (!down || event.timeStamp - last < least) return;
    last = event.timeStamp;
    felt(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    display.addEventListener(end, () => {
      if (down) felt(undefined);
      down = false;
    });
  }
}
