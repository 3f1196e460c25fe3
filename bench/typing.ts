import { pathOf } from "../hosts/simulator/scenario/presses.js";
import { Picker } from "../src/ui/picker.js";
import { SeededRandom } from "../test/support/seededRandom.js";

const lower = "abcdefghijklmnopqrstuvwxyz";
/** What passwords are made of. */
const alphabets = Object.freeze({
  lowercase: lower,
  any: Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join(""),
});

const passwords = 2_000;
const letters = 12;

/** What the first group shows in each set of letters: where a press that goes through the sets has come to. */
const firsts: readonly string[] = ((picker) =>
  [0, 1, 2].map(() => {
    const [group] = picker.groups;
    picker.nextSet();
    return group !== undefined && "letters" in group ? group.letters : "";
  }))(new Picker());

/** Presses a letter on three buttons, on average over random passwords; a button that is held is one, too. */
export function pressesOf(alphabet: keyof typeof alphabets): number {
  const random = new SeededRandom(3);
  const all = alphabets[alphabet];
  let presses = 0;
  for (let n = 0; n < passwords; n++) {
    for (let at = 0, set = 0; at < letters; at++) {
      const path = pathOf(all.charAt(random.below(all.length)), firsts[set] as string);
      presses += path.length;
      set = (set + path.filter((press) => press === "hold-right").length) % firsts.length;
    }
  }
  return Number((presses / passwords / letters).toFixed(2));
}
