import { type Face, page } from "../page.js";
import type { Screen } from "../screen.js";
import { languages } from "../strings/languages.js";
import { MenuPage, type Row } from "./menuPage.js";

/** Each language by its own name. */
export class LanguagePage extends MenuPage {
  readonly id = "language";

  protected rows(): readonly Row[] {
    return languages.map(({ code, name }) => ({
      key: code,
      label: name,
      choose: (face) => {
        face.back();
        face.want(() => ({ kind: "setLanguage", language: code }));
      },
    }));
  }

  protected head({ strings }: Face): Screen {
    return page(this.id, strings.menu.language, []);
  }
}
