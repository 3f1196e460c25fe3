import { ascii, hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import type { Action, ActionReader, StepContext } from "./action.js";
import type { Item } from "./document.js";
import { StepFailure } from "./errors.js";
import type { Stage } from "./world.js";

/** What a person does at the PN GW: registers, and enrols devices that have no UI (REG-02, SEC-04, SEC-05). */

/** Longer than anything there takes. */
const patience = Milliseconds(120_000);

type Done = (result: string) => void;

/** Begins, and runs until the PN GW tells its person how it ended. */
async function told(stage: Stage, begin: (done: Done) => void): Promise<{ readonly ended: string }> {
  let result: string | undefined;
  begin((code) => {
    result = code;
  });
  await stage.clock.runWhile(() => result === undefined, patience);
  if (result === undefined) throw new StepFailure("the gateway never said how it ended");
  stage.toldAtGateway(result);
  return { ended: result };
}

function passwordOf(
  fields: ReadonlyMap<string, Item>,
  item: Item,
  user: string,
  { header }: StepContext,
): string {
  const known = header.users.find((one) => one.userID === user)?.password;
  const password = fields.get("password")?.printable(64) ?? known;
  return password ?? item.fail(`user '${user}' is none of the scenario's: 'at-gateway' needs a 'password'`);
}

function readRegister(item: Item, fields: ReadonlyMap<string, Item>, context: StepContext): Action {
  const user = (fields.get("register") as Item).printable(32);
  const password = passwordOf(fields, item, user, context);
  const old = fields.get("old-password")?.printable(64);
  return {
    title: `register ${user} at the gateway`,
    ends: ["sent", "changed"],
    act: (stage) =>
      told(stage, (done) => {
        const oldPassword = old === undefined ? {} : { oldPassword: ascii(old) };
        const credentials = { userID: ascii(user), password: ascii(password), ...oldPassword };
        stage.network.gateway.command({ kind: "register", ...credentials }, (outcome) => {
          done("error" in outcome ? outcome.error.code : outcome.value);
        });
      }),
  };
}

function readDevice(
  how: "install" | "enrol",
  item: Item,
  fields: ReadonlyMap<string, Item>,
  context: StepContext,
): Action {
  const { header } = context;
  const device = (fields.get(how) as Item).choice(header.devices.map((one) => one.id));
  const user = fields.get("user")?.printable(32) ?? header.users[0]?.userID;
  if (user === undefined) item.fail("'at-gateway' has no 'user', and the scenario has no 'users'");
  const password = passwordOf(fields, item, user, context);
  return {
    title: `${how} ${device} at the gateway as ${user}`,
    ends: ["done"],
    act: (stage) =>
      told(stage, (done) => {
        const { network } = stage;
        const known = network.pneLink(stage.station(device).device)?.entityID;
        const entityID = known ? hex(known) : (stage.station(device).view?.entityID ?? "00");
        const credentials = { userID: ascii(user), password: ascii(password) };
        const wanted = how === "install" ? "credentials" : "temporaryKey";
        const command = { kind: "enrolDevice", device: entityID, how: wanted, ...credentials } as const;
        network.gateway.command(command, (outcome) => {
          done("error" in outcome ? outcome.error.code : "done");
        });
      }),
  };
}

function readAtGateway(item: Item, context: StepContext): Action {
  const fields = item.fields(["register", "install", "enrol", "user", "password", "old-password"]);
  const what = (["register", "install", "enrol"] as const).filter((name) => fields.has(name));
  const [first] = what;
  if (first === undefined || what.length > 1) {
    item.fail("'at-gateway' is one of 'register', 'install' and 'enrol'");
  }
  return first === "register"
    ? readRegister(item, fields, context)
    : readDevice(first, item, fields, context);
}

export const gatewayReaders: Readonly<Record<string, ActionReader>> = Object.freeze({
  "at-gateway": readAtGateway,
});
