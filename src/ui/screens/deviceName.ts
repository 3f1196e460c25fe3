import type { PneCommand } from "../../pne/ports.js";
import { isTypeable } from "../entry.js";
import type { Face } from "../page.js";
import { LabelPage } from "./labelPage.js";

/**
 * What people call the device; it begins with the name that it has. One that cannot be typed here stands above the field,
 * and stays if nothing is typed.
 */
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

  protected override help({ strings, view: { name } }: Face): readonly string[] {
    return name === undefined || this.entry.buffer.length > 0 ? [] : [`${strings.settings.name}: ${name}`];
  }

  protected override done(typed: Uint8Array, face: Face): void {
    const { name = "" } = face.view;
    if (typed.length === 0 && !isTypeable(name)) face.back();
    else super.done(typed, face);
  }

  protected command(name: string): PneCommand {
    return { kind: "setName", name };
  }
}
