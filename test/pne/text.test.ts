import assert from "node:assert/strict";
import { checkLabel, shownLabel } from "../../src/pne/text.js";
import { codeOf } from "../support/codeOf.js";

describe("labels on a screen", () => {
  it("are shown as they are, whatever the language", () => {
    for (const label of ["Kitchen", "Küche", "台所", "Jane’s 📱"]) assert.equal(shownLabel(label), label);
  });

  it("have no way to break a line, to move the cursor or to turn the direction of writing", () => {
    assert.equal(shownLabel("a\nb\rc\u001b[2J\u0000"), "a?b?c?[2J?");
    assert.equal(shownLabel("a\u202eb\u2066c\u200bd\u2028e\ufefff\u0085"), "a?b?c?d?e?f?");
  });

  it("hide nothing: what has no shape shows, and a label of spaces is not an empty place in a sentence", () => {
    assert.equal(shownLabel("Kit\u00adchen\u061c"), "Kit?chen?");
    assert.equal(shownLabel("a\u034fb\u3164c\u2800d\u{e0041}"), "a?b?c?d?");
    for (const nothing of ["\u115f", "\u180e", "\uffa0", "\ufff9"]) assert.equal(shownLabel(nothing), "?");
    for (const spaces of [" ", "\u00a0\u3000", "\u2003 "]) assert.equal(shownLabel(spaces), "?");
    assert.equal(shownLabel(" Kitchen "), "Kitchen");
  });

  it("have at most 32 octets, and no spaces around them", () => {
    assert.equal(checkLabel("  Kitchen "), "Kitchen");
    assert.equal(checkLabel(" "), undefined);
    assert.equal(checkLabel(undefined), undefined);
    assert.equal(checkLabel("x".repeat(32)), "x".repeat(32));
    assert.equal(
      codeOf(() => checkLabel("x".repeat(33))),
      "label.tooLong",
    );
    assert.equal(
      codeOf(() => checkLabel("é".repeat(17))),
      "label.tooLong",
    );
    assert.equal(
      codeOf(() => checkLabel("\ud800")),
      "cbor.utf8",
    );
  });
});
