import { CpnsError } from "../../../src/base/errors.js";
import { fromHex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { resultName } from "../../../src/codec/results.js";
import { readValue } from "../network/topics.js";
import { type Action, type ActionReader, on } from "./action.js";
import type { Station } from "./deviceUnderTest.js";
import type { Item } from "./document.js";
import type { Stage } from "./world.js";

/** Steps of what devices are for: at their pages, and from PN GW and Server. */

/** For a value to be taken. */
const longest = Milliseconds(60_000);

/** The person opens the application's page, and perhaps presses a key of it. */
function readOwn(item: Item): Action {
  const fields = item.isMap ? item.fields(["device", "press"]) : new Map<string, Item>();
  const label = fields.get("press")?.text(32);
  return {
    title: label === undefined ? "open its application" : `press “${label}” of its application`,
    act: async (_, station) => {
      on(station);
      await station.hand.own(label);
    },
  };
}

/** PN GW or Server gives a device's topic a value; ends as "taken", or by the name of what was against it. */
function readSet(item: Item): Action {
  const fields = item.fields(["device", "topic", "to", "by"]);
  const topic = (fields.get("topic") ?? item.fail("'set' has no 'topic'")).text(16);
  const to = (fields.get("to") ?? item.fail("'set' has no 'to'")).text();
  const by = fields.get("by")?.choice(["gateway", "server"] as const) ?? "gateway";
  return {
    title: `set ${topic} to ${to} by the ${by === "gateway" ? "PN GW" : "Server"}`,
    ends: ["taken"],
    act: async (stage, station) => {
      let ended: string | undefined;
      void given(stage, station, by, topic, to).then((said) => {
        ended = said;
      });
      await station.hand.until(() => ended !== undefined, longest);
      return { ended: ended ?? "timeout" };
    },
  };
}

async function given(
  { network }: Stage,
  station: Station,
  by: "gateway" | "server",
  topic: string,
  text: string,
): Promise<string> {
  const to = station.view?.entityID;
  const pn = network.gateway.view.pns.find(({ members }) => members.some(({ id }) => id === to));
  const member = pn?.members.find(({ id }) => id === to);
  if (to === undefined || pn === undefined || member === undefined) return "pn.notMember";
  const known = member.topics.find(({ name }) => name === topic);
  const value = readValue(known?.kind ?? "text", text);
  if (value === undefined) return "topic.kind";
  if (by === "gateway") {
    return new Promise((resolve) => {
      network.gateway.command({ kind: "sendTopic", pn: pn.id, to, topic, value }, (outcome) =>
        resolve("error" in outcome ? outcome.error.code : "taken"),
      );
    });
  }
  try {
    const result = await network.server.sendTopic(fromHex(to), topic, value);
    return result === 0 ? "taken" : `result.${resultName(result)}`;
  } catch (error) {
    if (error instanceof CpnsError) return error.code;
    throw error;
  }
}

export const applicationReaders: Readonly<Record<string, ActionReader>> = Object.freeze({
  app: readOwn,
  set: readSet,
});
