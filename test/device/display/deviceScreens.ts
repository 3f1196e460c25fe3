import { silentLog } from "../../../src/base/ports.js";
import { ApplicationPage } from "../../../src/device/application/page.js";
import { Diagnostics } from "../../../src/device/diagnostics.js";
import { haltedScreen, missingKeypadScreen } from "../../../src/device/halted.js";
import { PairingPrompt } from "../../../src/device/pairing.js";
import type { PneNotice, PneView } from "../../../src/pne/ports.js";
import type { KeyPress, Keypad } from "../../../src/ui/keys.js";
import { stringsOf } from "../../../src/ui/strings/languages.js";
import { ManualClock } from "../../support/manualClock.js";
import { joinedView, UiBench } from "../../support/uiBench.js";
import type { NamedScreen } from "./everyScreen.js";

const named = (key: "enter" | "down"): KeyPress => ({ kind: "named", key });
const [enter, down] = [named("enter"), named("down")];

/** A newer firmware: as it is offered, and as it comes. */
function update(keypad: Keypad, language: string): NamedScreen[] {
  const version = "12.34.56-rc.7";
  const offered: PneNotice = { kind: "updateOffered" };
  const shown = (more: object): UiBench =>
    new UiBench(keypad, { ...joinedView, update: { version, ...more } }, { language }).notify(offered);
  return [
    { name: "new firmware", screen: shown({}).screen },
    ...[0, 0.42, 1].map((fraction) => ({
      name: `new firmware, ${100 * fraction} %`,
      screen: shown({ fraction }).screen,
    })),
  ];
}

/** The settings of a device that has all that there can be, and what it says of itself. */
function settings(keypad: Keypad, language: string, view: PneView): NamedScreen[] {
  const diagnostics = new Diagnostics(new ManualClock(), silentLog, () => 100);
  const at = (seen: PneView, rows: number): UiBench => {
    const more = {
      language,
      sounds: true,
      radio: { bonds: () => 3 },
      diagnostics: diagnostics.lines.bind(diagnostics),
    };
    const bench = new UiBench(keypad, seen, more).press(down, down, down, down, enter);
    for (let i = 0; i < rows; i++) bench.press(down);
    return bench;
  };
  const fetching: PneView = { ...view, keys: "staged", update: { version: "0.2.0", fraction: 0.42 } };
  return [
    { name: "settings with sounds", screen: at(view, 2).screen },
    { name: "settings without sounds", screen: at({ ...fetching, quiet: true }, 2).screen },
    { name: "settings with bonds", screen: at(view, 5).screen },
    { name: "settings with diagnostics", screen: at(view, 4).screen },
    { name: "diagnostics", screen: at(view, 4).press(enter).screen },
  ];
}

/** What a device is for: as it works, and as it works no more. */
function application(keypad: Keypad, language: string): NamedScreen[] {
  const at = (stopped?: string): UiBench => {
    const shown = { name: "Thermometer", lines: ["21.5 °C", "Of the chip: no sensor."], stopped };
    const keys = ["Switch", "Next"].map((label) => ({ label, press() {} }));
    const page = () => new ApplicationPage(() => ({ ...shown, keys: stopped === undefined ? keys : [] }));
    return new UiBench(keypad, joinedView, { language, application: { name: shown.name, page } });
  };
  return [
    { name: "home with an application", screen: at().screen },
    { name: "application", screen: at().press(enter).screen },
    { name: "application that stopped", screen: at("TypeError").press(enter).screen },
  ];
}

/** Of a board, and what its device says when it cannot work; `view` of one in a network. */
export function deviceScreens(keypad: Keypad, language: string, view: PneView): NamedScreen[] {
  const strings = stringsOf(language);
  const pairing = new PairingPrompt(new ManualClock());
  pairing.compare(4_711, () => {});
  return [
    ...update(keypad, language),
    ...settings(keypad, language, view),
    ...application(keypad, language),
    ...(["store.broken", "store.unusable", "store.version", "store.factory", "crypto.random"] as const).map(
      (code) => ({ name: `halted, ${code}`, screen: haltedScreen({ code }, keypad, strings) }),
    ),
    { name: "keypad missing", screen: missingKeypadScreen(strings) },
    { name: "pairing", screen: pairing.screen(keypad, strings) },
  ];
}
