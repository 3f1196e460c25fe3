import type { PneView } from "../../pne/ports.js";
import { type Face, page } from "../page.js";
import type { Screen } from "../screen.js";
import { DeviceNamePage } from "./deviceName.js";
import { LanguagePage } from "./language.js";
import { enrolAt } from "./looking.js";
import { MenuPage, type Row } from "./menuPage.js";
import { NotePage } from "./note.js";
import { ResetPage } from "./reset.js";

/** What is there of a newer firmware. */
const fetched = ({ update }: PneView): string =>
  update?.fraction === undefined ? "" : ` (${Math.floor(100 * update.fraction)} %: ${update.version})`;

/** What the device is, and what can be changed about it. */
export class SettingsPage extends MenuPage {
  readonly id = "settings";

  protected rows({ strings, diagnostics, sounds, radio, view }: Face): readonly Row[] {
    const { menu } = strings;
    const bonds = radio?.bonds?.() ?? 0;
    const rows: Row[] = [
      { key: "deviceName", label: menu.deviceName, choose: (face) => face.open(new DeviceNamePage(face)) },
      { key: "language", label: menu.language, choose: (face) => face.open(new LanguagePage()) },
    ];
    if (sounds) {
      rows.push({
        key: "sounds",
        label: view.quiet === true ? menu.soundsOff : menu.soundsOn,
        choose: (face) => face.want(() => ({ kind: "setQuiet", quiet: view.quiet !== true })),
      });
    }
    rows.push({ key: "enrolAgain", label: menu.enrolAgain, choose: (face) => enrolAt(face) });
    if (diagnostics !== undefined) {
      rows.push({
        key: "diagnostics",
        label: menu.diagnostics,
        choose(face) {
          // As they are when somebody opens the page.
          const lines = diagnostics(strings);
          face.open(
            new NotePage(
              "diagnostics",
              (on) => on.strings.menu.diagnostics,
              () => lines,
              false,
            ),
          );
        },
      });
    }
    if (bonds > 0) {
      rows.push({
        key: "forgetBonds",
        label: `${menu.forgetBonds} (${bonds})`,
        choose(face) {
          radio?.forget?.();
          face.changed();
        },
      });
    }
    rows.push({
      key: "factoryReset",
      label: menu.factoryReset,
      choose: (face) => face.open(new ResetPage()),
    });
    return rows;
  }

  protected head({ strings, view, firmware }: Face): Screen {
    const { settings } = strings;
    return page(this.id, settings.title, [
      `${settings.name}: ${view.name ?? settings.none}`,
      `${settings.user}: ${view.userID ?? settings.none}`,
      `${settings.device}: ${view.entityID?.slice(0, 16) ?? settings.none}`,
      `${settings.gateway}: ${view.gateway ?? settings.none}`,
      `${settings.key}: ${view.keys === "staged" ? settings.waiting : (view.euKeyID ?? settings.none)}`,
      `${settings.firmware}: ${firmware}${fetched(view)}`,
    ]);
  }
}
