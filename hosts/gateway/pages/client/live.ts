import { say } from "../../../node/pages/client/dom.js";
import { Told } from "../../../node/pages/client/told.js";
import type { ProgramView } from "../../views.js";
import { readView, session } from "./api.js";

/** The gateway's view, kept as it is now: asked anew when the gateway tells that something has changed. */

type Show = (view: ProgramView | undefined) => void;

/** Between two views at least; and at most, should nothing be told. */
const pause = 400;
const longest = 15_000;
let shown: Show | undefined;
let stream: EventSource | undefined;
let asking = false;
let again = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let trouble = false;

/** From now on `show` has each view, beginning with one now. Throws Told when there is none. */
export async function live(show: Show): Promise<void> {
  shown = show;
  show(await readView());
  listen();
  later(longest);
}

/** Nothing is shown any more. */
export function still(): void {
  shown = undefined;
  clearTimeout(timer);
}

/** Ends the stream: nobody is signed in. */
export function silent(): void {
  still();
  stream?.close();
  stream = undefined;
}

/** Something was done whose outcome is to be seen at once. */
export function refresh(): void {
  if (shown === undefined) return;
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  const show = shown;
  readView()
    .then(
      (view) => {
        if (trouble) say("");
        trouble = false;
        listen();
        if (shown === show) show(view);
      },
      (error: unknown) => {
        if (!(error instanceof Told)) throw error;
        trouble = true;
        say(error.message, "bad");
      },
    )
    .finally(() => {
      asking = false;
      later(again ? pause : longest);
      again = false;
    });
}

function later(time: number): void {
  clearTimeout(timer);
  if (shown !== undefined) timer = setTimeout(refresh, time);
}

function listen(): void {
  if (stream !== undefined && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource("/events");
  stream.addEventListener("changed", () => {
    if (asking) again = true;
    else later(pause);
  });
  stream.addEventListener("ended", () => {
    stream?.close();
    // Whether the session is over is told to the next request; a new password has begun another one by then.
    setTimeout(() => {
      if (session.signedIn) readView().then(refresh, () => {});
    }, pause);
  });
}

/**
 * Draws what changes: anew only when `of` is another one than before, and whoever was at one of its controls stays there.
 * Controls are told apart by `data-key`.
 */
export function drawing<T>(place: HTMLElement, draw: (of: T) => readonly Node[]): (of: T) => void {
  let before: string | undefined;
  return (of) => {
    const now = JSON.stringify(of);
    if (now === before) return;
    before = now;
    const active = document.activeElement;
    const key = active instanceof HTMLElement && place.contains(active) ? active.dataset.key : undefined;
    const checked = new Set(
      [...place.querySelectorAll<HTMLInputElement>("input:checked")].map(({ value }) => value),
    );
    place.replaceChildren(...draw(of));
    for (const box of place.querySelectorAll<HTMLInputElement>("input[type=checkbox]"))
      box.checked = checked.has(box.value);
    if (key !== undefined) place.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
}
