import { maximumLabel } from "../../../src/codec/attributes.js";
import { type Action, type ActionReader, on, type StepContext } from "./action.js";
import type { Item } from "./document.js";
import { StepFailure } from "./errors.js";
import type { Stage } from "./world.js";

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
  const fields = item.isMap ? item.fields(["device", "whom", "called"]) : undefined;
  const whom = readWhom(fields?.get("whom") ?? item, context);
  const called = fields?.get("called")?.printable(maximumLabel);
  const title = `invite ${whom === "all" ? whom : whom.join(", ")}${called === undefined ? "" : ` into “${called}”`}`;
  const ends = ["joined"];
  const act: Action["act"] = async (stage, station) => {
    const later = station.said(ends);
    if (whom === "all") await station.hand.invite(called ?? "");
    else {
      const who = whom.map((id) => entityOf(stage, id));
      on(station).command({ kind: "createPN", who, ...(called !== undefined && { alias: called }) });
    }
    return { later };
  };
  return { title, ends, act };
}

function readName(item: Item): Action {
  const fields = item.fields(["device", "as"]);
  const name = (fields.get("as") ?? item.fail("'name' has no 'as'")).printable(maximumLabel);
  const ends = ["named"];
  const act: Action["act"] = (_, station) => station.procedure(ends, () => station.hand.name(name));
  return { title: `name it “${name}”`, ends, act };
}

const answer =
  (title: string, yes: boolean): ActionReader =>
  (item) => {
    if (item.isMap) item.fields(["device"]);
    const ends = yes ? ["joined"] : [];
    const act: Action["act"] = async (_, station) => {
      if (station.device.screen.id !== "invited") {
        throw new StepFailure(`the device shows '${station.device.screen.id}', no invitation`);
      }
      const later = station.said(ends);
      await station.hand.decide(yes);
      return yes ? { later } : {};
    };
    return { title, act, ...(yes && { ends }) };
  };

/** Says hello to another member, who is chosen on the members' screen. */
function readHello(item: Item, context: StepContext): Action {
  const fields = item.fields(["device", "to"]);
  const to = (fields.get("to") ?? item.fail("'hello' has no 'to'")).choice(
    context.header.devices.map((device) => device.id),
  );
  return {
    title: `say hello to ${to}`,
    ends: ["sent"],
    act: (stage, station) =>
      station.procedure(["sent"], async () => {
        const { view } = station;
        const others = (view?.pn?.members ?? []).filter((one) => one.id !== view?.entityID);
        const index = others.findIndex((one) => one.id === entityOf(stage, to));
        if (index < 0) throw new StepFailure(`device '${to}' is not among the members`);
        await station.hand.fromHome("members");
        for (let move = 0; move < index; move++) await station.hand.move("down");
        await station.hand.move("select");
      }),
  };
}

function readGateway(item: Item, context: StepContext): Action {
  const fields = item.fields(["invite", "called", "end", "restart", "uicc"]);
  if (fields.get("restart")?.boolean() === true) {
    return { title: "restart the PN GW", act: ({ network }) => network.restartGateway() };
  }
  if (fields.get("uicc")?.choice(["used-elsewhere"] as const) !== undefined) {
    return {
      title: "use the UICC elsewhere",
      act: ({ network }) => {
        if (network.operator === undefined)
          throw new StepFailure("the PN GW has no UICC: 'uicc: 1h' gives it one");
        network.operator.usim.advance(farAhead);
      },
    };
  }
  const invite = fields.get("invite");
  if (invite === undefined) {
    if (fields.get("end")?.boolean() !== true)
      item.fail("'gateway' has none of 'invite', 'end: true', 'restart: true' and 'uicc'");
    return {
      title: "end the PNs at the PN GW",
      act: ({ network: { gateway } }) => {
        const { pns } = gateway.view;
        if (pns.length === 0) throw new StepFailure("the PN GW has no network");
        for (const { id } of pns) gateway.command({ kind: "dissolvePN", pn: id });
      },
    };
  }
  const whom = readWhom(invite, context);
  const called = fields.get("called")?.printable(maximumLabel);
  return {
    title: `invite ${whom === "all" ? "all" : whom.join(", ")} at the PN GW`,
    ends: ["done"],
    act: (stage) => {
      let ended: string | undefined;
      const who = whom === "all" ? whom : whom.map((id) => entityOf(stage, id));
      const command = { kind: "createPN", who, ...(called !== undefined && { alias: called }) } as const;
      stage.network.gateway.command(command, (outcome) => {
        ended = stage.created(outcome);
      });
      return { later: () => ended };
    },
  };
}

export const pnReaders: Readonly<Record<string, ActionReader>> = Object.freeze({
  invite: readInvite,
  name: readName,
  accept: answer("say yes", true),
  decline: answer("say no", false),
  hello: readHello,
  gateway: readGateway,
});
