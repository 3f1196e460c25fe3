import { type Face, page } from "../page.js";
import type { Screen } from "../screen.js";
import { MenuPage, type Row } from "./menuPage.js";

/** Who else is in the network; one that is chosen is said hello to. */
export class MembersPage extends MenuPage {
  readonly id = "members";
  readonly inNetwork = true;

  protected rows({ view, strings }: Face): readonly Row[] {
    const others = (view.pn?.members ?? []).filter(({ id }) => id !== view.entityID);
    return others.map(({ id, name = id.slice(0, 16), topics }) => ({
      key: id,
      label: topics ? `${name}: ${topics}` : name,
      choose: (face) => face.want(() => ({ kind: "sendToMember", to: id, text: strings.hello.member })),
    }));
  }

  protected head({ view, strings }: Face): Screen {
    const own = view.name ?? view.entityID?.slice(0, 16) ?? "";
    return page(this.id, view.pn?.alias ?? strings.members, [`${strings.you}: ${own}`]);
  }

  protected override none({ strings }: Face): string {
    return strings.nobody;
  }

  protected override verb({ strings }: Face): string {
    return strings.keys.hello;
  }
}
