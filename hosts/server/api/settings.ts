import { ProgramError } from "../../../src/server/programs/errors.js";
import type { Programs } from "../../../src/server/programs/programs.js";
import { setHistory, wantsHistory } from "../../../src/server/programs/readings.js";
import { type ApiPorts, objectOf, ok, type Route } from "./route.js";

const hour = 3_600_000;

/** What a User wants otherwise than usual, by the session of the Server's page. */
export const settingRoutes = (
  { store }: ApiPorts,
  { history }: Pick<Programs, "history">,
): readonly Route[] => [
  {
    method: "GET",
    path: "/settings",
    scope: "page",
    async run({ user }) {
      const wanted = await store.read((tables) => wantsHistory(tables, user.identity));
      return ok({ history: wanted, historyHours: history / hour });
    },
  },
  {
    method: "PUT",
    path: "/settings",
    scope: "page",
    async run({ user, body }) {
      const { history: wanted } = objectOf(body, "history");
      if (typeof wanted !== "boolean") throw new ProgramError("api.request", "history is true or false");
      await store.transaction((tables) => setHistory(tables, user, wanted));
      return { status: 204 };
    },
  },
];
