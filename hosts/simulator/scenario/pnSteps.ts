import { fromHex } from "../../../src/crypto/bytes.js";
import type { Item } from "./document.js";
import { StepFailure } from "./errors.js";
import type { Stage } from "./stage.js";
import type { Station } from "./station.js";
import type { Action, ActionReader, StepContext } from "./steps.js";

/** Steps of PNs with several members, at the devices and at the PN GW. */

function entityOf(stage: Stage, id: string): string {
  const entity = stage.station(id).view?.entityID;
  if (entity === undefined) throw new StepFailure(`device '${id}' has no Entity ID yet`);
  return entity;
}

function deviceNames(item: Item, { header }: StepContext): string[] {
  return item.list(header.devices.length).map((one) => {
    const known = header.devices.map((device) => device.id);
    return one.choice(known);
  });
}

/** An SQN that no network of a scenario has reached. */
const farAhead = 33 * 100_000;

/** Whom a PN is for: "all", or a list of devices. */
function readWhom(item: Item, context: StepContext): "all" | readonly string[] {
  return item.isList ? deviceNames(item, context) : item.choice(["all"] as const);
}

/** A person invites: all by the menu; some by the command that the menu stands for. */
function readInvite(item: Item, context: StepContext): Action {
  const fields = item.isMap ? item.fields(["device", "whom"]) : undefined;
  const whom = readWhom(fields?.get("whom") ?? item, context);
  if (whom === "all") {
    return { title: "invite all", act: (_, { hand }) => hand.fromHome("createAll") };
  }
  return {
    title: `invite ${whom.join(", ")}`,
    act: (stage, { device }) => {
      device.command({ kind: "createPN", who: whom.map((id) => entityOf(stage, id)) });
    },
  };
}

const answer =
  (title: string, yes: boolean): ActionReader =>
  (item) => {
    if (item.isMap) item.fields(["device"]);
    const act = async (_: Stage, station: Station): Promise<void> => {
      if (station.face.screen.id !== "invited") {
        throw new StepFailure(`the device shows '${station.face.screen.id}', no invitation`);
      }
      await station.hand.answer(yes);
    };
    return { title, act };
  };

/** Says hello to another member, who is chosen on the members' screen. */
function readHello(item: Item, context: StepContext): Action {
  const fields = item.fields(["device", "to"]);
  const to = (fields.get("to") ?? item.fail("'hello' has no 'to'")).choice(
    context.header.devices.map((device) => device.id),
  );
  return {
    title: `say hello to ${to}`,
    act: (stage, station) =>
      station.procedure(async () => {
        const index = station.view?.pn?.members.findIndex((one) => one.id === entityOf(stage, to)) ?? -1;
        if (index < 0) throw new StepFailure(`device '${to}' is not among the members`);
        await station.hand.fromHome("members");
        for (let move = 0; move < index; move++) await station.hand.move("down");
        await station.hand.move("select");
      }),
  };
}

function readGateway(item: Item, context: StepContext): Action {
  const fields = item.fields(["invite", "end", "uicc"]);
  if (fields.get("uicc")?.choice(["used-elsewhere"] as const) !== undefined) {
    return {
      title: "the UICC was used elsewhere",
      act: ({ network }) => network.operator?.usim.advance(farAhead),
    };
  }
  const invite = fields.get("invite");
  if (invite === undefined) {
    if (fields.get("end")?.boolean() !== true)
      item.fail("'gateway' has none of 'invite', 'end: true' and 'uicc'");
    return {
      title: "the PN GW ends its PNs",
      act: ({ network }) => {
        for (const pn of network.gateway.pns.pns) network.gateway.pns.dissolve(pn.pnID);
      },
    };
  }
  const whom = readWhom(invite, context);
  return {
    title: `the PN GW invites ${whom === "all" ? "all" : whom.join(", ")}`,
    act: (stage) => {
      const targets = whom === "all" ? whom : whom.map((id) => fromHex(entityOf(stage, id)));
      stage.network.gateway.pns.create(targets, (result) => stage.created(result));
    },
  };
}

export const pnReaders: Readonly<Record<string, ActionReader>> = Object.freeze({
  invite: readInvite,
  accept: answer("say yes", true),
  decline: answer("say no", false),
  hello: readHello,
  gateway: readGateway,
});
