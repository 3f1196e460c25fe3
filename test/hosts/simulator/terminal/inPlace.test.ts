import assert from "node:assert/strict";
import { InPlace } from "../../../../hosts/simulator/terminal/inPlace.js";

describe("lines that take each other's place on a terminal", () => {
  it("leave what was there before them, and go back over their own", () => {
    const place = new InPlace(() => 80);
    assert.equal(place.draw(["Welcome", "───", "[Enrol]"]), "Welcome\n───\n[Enrol]");
    assert.equal(place.draw(["User ID: _"]), "\x1b[3A\x1b[JUser ID: _");
    assert.equal(place.draw(["Ready", ""]), "\x1b[1A\x1b[JReady\n");
    assert.equal(place.draw(["Ready"]), "\x1b[2A\x1b[JReady");
  });

  it("count the rows of a line that the terminal breaks, at the width that it has by then", () => {
    let columns = 10;
    const place = new InPlace(() => columns);
    place.draw(["a".repeat(10), "ü".repeat(11), "😀".repeat(10)]);
    assert.equal(place.draw(["b".repeat(20)]), `\x1b[4A\x1b[J${"b".repeat(20)}`);
    columns = 5;
    assert.equal(place.draw(["c"]), "\x1b[4A\x1b[Jc");
  });
});
