import type { PneCommand } from "../../pne/ports.js";
import type { Face } from "../page.js";
import { LabelPage } from "./labelPage.js";

/** What people call the device; it begins with the name that it has. */
export class DeviceNamePage extends LabelPage {
  readonly id = "deviceName";

  constructor(face: Face) {
    super(face, face.view.name);
  }

  protected title({ strings }: Face): string {
    return strings.settings.title;
  }

  protected label({ strings }: Face): string {
    return strings.deviceName;
  }

  protected command(name: string): PneCommand {
    return { kind: "setName", name };
  }
}
