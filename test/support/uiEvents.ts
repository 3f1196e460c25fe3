import type { PNView, PneNotice, PneView } from "../../src/pne/ports.js";
import { joinedView } from "./uiBench.js";

const pn = joinedView.pn as PNView;
const others = (view: PneView, more: Partial<PneView>): PneNotice => ({
  kind: "state",
  view: { ...view, ...more },
});

/** What can come from outside to a device that is as `view` says. */
export function eventsFor(view: PneView): Readonly<Record<string, readonly PneNotice[]>> {
  const message = (from: "server" | "gateway" | "member"): readonly PneNotice[] => [
    { kind: "message", from, text: "Supper is ready", ...(from === "member" && { name: "Hall" }) },
  ];
  const invitation = { from: "Hall", alias: "Garden" };
  return {
    "an invitation": [others(view, { invitation }), { kind: "invited", ...invitation }],
    "an invitation that is over": [
      others(view, { invitation }),
      { kind: "invited", ...invitation },
      { kind: "invitationOver" },
      others(view, {}),
    ],
    "an invitation that is answered elsewhere": [
      others(view, { invitation }),
      { kind: "invited", ...invitation },
      others(view, {}),
    ],
    "a new firmware": [others(view, { update: { version: "2.0.0" } }), { kind: "updateOffered" }],
    "a new firmware that is offered no more": [
      others(view, { update: { version: "2.0.0" } }),
      { kind: "updateOffered" },
      others(view, {}),
    ],
    "a message of a member": message("member"),
    "a message of the gateway": message("gateway"),
    "a message of the Server": message("server"),
    "an error": [{ kind: "failed", code: "pn.lost" }],
    "an error of its application": [{ kind: "failed", code: "application.stopped" }],
    "a restart's reason": [{ kind: "failed", code: "crash.watchdog" }],
    "the end of its network": [others(view, {}), { kind: "left", why: "dissolved" }],
    "its network": [{ kind: "joined" }],
    "its key": [{ kind: "enrolled" }],
    "what it does by itself": [{ kind: "progress", step: "connect" }],
    "another language": [others(view, { language: "de" })],
    // Without one it is looked for first, by the same key.
    ...(view.keys !== "empty" && {
      "a gateway that comes": [others(view, { connected: true })],
      "a gateway that goes": [others(view, { connected: false })],
    }),
    ...(view.pn !== undefined && {
      "a gateway that is away": [others(view, { connected: false, pn: { ...pn, away: true } })],
      "a member more": [others(view, { pn: { ...pn, members: [{ id: "0", name: "0" }, ...pn.members] } })],
      "a network that it may end": [others(view, { pn: { ...pn, started: true } })],
      "a network that is no more": [{ kind: "state", view: { ...view, pn: undefined } as never }],
    }),
  };
}
