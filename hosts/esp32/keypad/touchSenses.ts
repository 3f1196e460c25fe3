import type { Point, TouchSense } from "../../../src/device/display/colour/touchKeypad.js";

/** From a panel's own coordinates to the display's, 320×240. */
export type Turn = (point: Point) => Point;

export const unturned: Turn = (point) => point;
/** A panel of 240×320 whose display is turned by 90 degrees, or by 270. */
export const turned90: Turn = ({ x, y }) => ({ x: y, y: 239 - x });
export const turned270: Turn = ({ x, y }) => ({ x: 319 - y, y: x });

interface ClassicPoint {
  /** 0 none, 1 began, 2 moved, 3 ended. */
  state?: number;
  x?: number;
  y?: number;
}

/** A touch driver of the SDK's older kind (`config.Touch`), which fills points that it is given. */
export interface ClassicTouch {
  read(points: ClassicPoint[]): void;
  close?(): void;
}

export function classicTouch(driver: ClassicTouch, turn: Turn = unturned): TouchSense {
  const points: ClassicPoint[] = [{}];
  return {
    sample() {
      driver.read(points);
      const { state, x, y } = points[0] as ClassicPoint;
      return (state === 1 || state === 2) && x !== undefined && y !== undefined ? turn({ x, y }) : undefined;
    },
    close: () => driver.close?.(),
  };
}

/** The screen of the SDK's simulator, which tells its `context` of the mouse. */
export interface HostScreen {
  context?: unknown;
}

/** A click that ends before anybody looks is still seen. */
export function hostTouch(screen: HostScreen, turn: Turn = unturned): TouchSense {
  let point: Point | undefined;
  let missed: Point | undefined;
  const at = (_id: number, x: number, y: number): void => {
    point = turn({ x, y });
    missed = point;
  };
  const ended = (): void => {
    point = undefined;
  };
  screen.context = {
    onTouchBegan: at,
    onTouchMoved: at,
    onTouchEnded: ended,
    onTouchCancelled: ended,
    onIdle() {},
  };
  return {
    sample() {
      const seen = point ?? missed;
      missed = undefined;
      return seen;
    },
    close: () => {
      screen.context = undefined;
    },
  };
}
