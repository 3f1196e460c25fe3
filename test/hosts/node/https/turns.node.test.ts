import assert from "node:assert/strict";
import { Turns } from "../../../../hosts/node/https/turns.js";

describe("turns", () => {
  /** Work that goes on until it is told to end; who has begun is noted. */
  function worker(turns: Turns<string>) {
    const begun: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const run = (kind: string, name: string): Promise<void> =>
      turns.run(kind, () => {
        begun.push(name);
        return new Promise((resolve, reject) =>
          ends.set(name, (error) => (error === undefined ? resolve() : reject(error))),
        );
      });
    return { begun, run, end: (name: string, error?: Error) => ends.get(name)?.(error) };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  it("are so many at once of each kind; others of it wait in their order, and no other kind for them", async () => {
    const turns = new Turns<string>(2);
    const { begun, run, end } = worker(turns);
    const all = ["a1", "a2", "a3", "a4", "b1"].map((name) => run(name.charAt(0), name));
    assert.deepEqual(begun, ["a1", "a2", "b1"]);
    end("a2");
    await settled();
    assert.deepEqual(begun, ["a1", "a2", "b1", "a3"]);
    for (const name of ["a1", "b1", "a3"]) end(name);
    await settled();
    assert.deepEqual(begun, ["a1", "a2", "b1", "a3", "a4"]);
    end("a4");
    await Promise.all(all);
    assert.equal(turns.size, 0);
  });

  it("end with what the work throws, and the next one has its turn", async () => {
    const turns = new Turns<string>(1);
    const { begun, run, end } = worker(turns);
    const first = run("a", "a1");
    const second = run("a", "a2");
    end("a1", new Error("fault"));
    await assert.rejects(first, /fault/);
    await settled();
    assert.deepEqual(begun, ["a1", "a2"]);
    end("a2");
    await second;
    await assert.rejects(
      turns.run("a", () => {
        throw new Error("at once");
      }),
      /at once/,
    );
    assert.equal(turns.size, 0);
  });
});
