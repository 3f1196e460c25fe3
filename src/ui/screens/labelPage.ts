import { maximumLabel } from "../../codec/attributes.js";
import type { PneCommand } from "../../pne/ports.js";
import { asciiText, checkLabel } from "../../pne/text.js";
import type { Face } from "../page.js";
import { EntryPage } from "./entryPage.js";

/** A name for people. */
export abstract class LabelPage extends EntryPage {
  constructor(face: Face, text?: string) {
    super(face, { maximum: maximumLabel, ...(text !== undefined && { text }) });
  }

  protected abstract command(label: string): PneCommand;

  protected done(typed: Uint8Array, face: Face): void {
    const label = asciiText(typed);
    checkLabel(label);
    face.want(() => this.command(label));
  }
}
