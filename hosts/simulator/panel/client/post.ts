import type { Outcome } from "../network.js";

/** What the page sends to the simulator. */

const patience = 5_000;
/** Longer than anything at the gateway takes. */
const longPatience = 180_000;

export type Post = (path: string, body: unknown) => void;

const request = (body: unknown, time: number): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
  signal: AbortSignal.timeout(time),
});

let sending: Promise<unknown> = Promise.resolve();

/** One after the other: letters that are typed fast must not overtake each other. */
export const post: Post = (path, body) => {
  sending = sending
    .then(() => fetch(path, request(body, patience)))
    // The event stream tells the person when the simulator is gone.
    .catch(() => undefined);
};

/** Asks for something that takes its time, and says how it ended. */
export async function ask(path: string, body: unknown): Promise<Outcome> {
  try {
    const response = await fetch(path, request(body, longPatience));
    if (response.ok) return (await response.json()) as Outcome;
    return { text: (await response.text()).trim(), failed: true };
  } catch {
    return { text: "The simulator does not answer.", failed: true };
  }
}
