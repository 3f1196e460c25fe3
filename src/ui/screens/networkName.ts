import type { PneCommand } from "../../pne/ports.js";
import type { Face } from "../page.js";
import { LabelPage } from "./labelPage.js";

/** What the network that is started is to be called; all devices here are asked then. */
export class NetworkNamePage extends LabelPage {
  readonly id = "alias";

  protected title({ strings }: Face): string {
    return strings.menu.createAll;
  }

  protected label({ strings }: Face): string {
    return strings.alias;
  }

  protected override help({ strings }: Face): readonly string[] {
    return [strings.optional];
  }

  protected command(alias: string): PneCommand {
    return { kind: "createPN", who: "all", ...(alias !== "" && { alias }) };
  }
}
