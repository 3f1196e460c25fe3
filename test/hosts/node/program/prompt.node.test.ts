import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { newPassword } from "../../../../hosts/node/program/newPassword.js";
import {
  NothingTyped,
  prompt,
  prompts,
  type Terminal,
  writeLines,
} from "../../../../hosts/node/program/prompt.js";
import { until } from "../../../support/until.js";

/** A terminal: what is typed at it, what it shows, and whether it hands over each key by itself. */
function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let raw = false;
  const setRawMode = (on: boolean): void => {
    raw = on;
  };
  return {
    at: { input: Object.assign(input, { isTTY: true, setRawMode }), output } as unknown as Terminal,
    type: (keys: string | Buffer) => input.write(keys),
    listeners: () => input.listenerCount("data"),
    shown: () => {
      let all = "";
      for (let part = output.read(); part !== null; part = output.read()) all += String(part);
      return all;
    },
    raw: () => raw,
  };
}
const textOf = (octets: Uint8Array): string => new TextDecoder().decode(octets);

describe("a prompt at a terminal", () => {
  it("takes a line, with Backspace, and shows it unless it is secret", async () => {
    const one = terminal();
    const open = prompt("User ID: ", false, one.at);
    one.type("alicf\u007fe\r");
    assert.equal(textOf(await open), "alice");
    assert.equal(one.shown(), "User ID: alicf\b \be\n");
    const hidden = prompt("Password: ", true, one.at);
    one.type("quiet");
    one.type("\r");
    assert.equal(textOf(await hidden), "quiet");
    assert.equal(one.shown(), "Password: \n");
    assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
  });

  it("stays as it is, with what was typed, below lines that are written meanwhile", async () => {
    const one = terminal();
    const output = Object.assign(one.at.output, { isTTY: true });
    const told = (): string => {
      writeLines(output, "first\nsecond\n");
      return one.shown();
    };
    assert.equal(told(), "first\nsecond\n");
    const open = prompt("User ID: ", false, one.at);
    one.type("al");
    await until(() => output.readableLength > "User ID: ".length, "the letters");
    assert.equal(one.shown(), "User ID: al");
    assert.equal(told(), "\r\x1b[Kfirst\nsecond\nUser ID: al");
    one.type("\r");
    await open;
    assert.equal(one.shown(), "\n");
    const hidden = prompt("Password: ", true, one.at);
    one.type("quiet");
    assert.equal(one.shown(), "Password: ");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(told(), "\r\x1b[Kfirst\nsecond\nPassword: ");
    Object.assign(output, { isTTY: false });
    assert.equal(told(), "first\nsecond\n", "into a file");
    one.type("\r");
    await hidden;
  });

  it("leaves nothing of what was typed in the octets that the terminal has handed over", async () => {
    for (const end of ["\r", "\u0003"]) {
      const one = terminal();
      const typed = Buffer.from(`quiet${end}`);
      const open = prompt("Password: ", true, one.at).then(textOf, () => "none");
      one.type(typed);
      assert.equal(await open, end === "\r" ? "quiet" : "none");
      assert.deepEqual(typed, Buffer.alloc(6));
    }
  });

  for (const key of ["\u0003", "\u0004"])
    it(`ends with nothing typed by Ctrl-${key === "\u0003" ? "C" : "D"}, and leaves the terminal as it was`, async () => {
      const one = terminal();
      const asked = prompt("User ID: ", false, one.at);
      one.type(`al${key}`);
      await assert.rejects(asked, NothingTyped);
      assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
    });

  it("is taken back once nobody needs it, and leaves the terminal as it was", async () => {
    const one = terminal();
    const over = new AbortController();
    const asked = prompt("User ID: ", false, one.at, over.signal);
    one.type("al");
    assert.equal(one.raw(), true);
    over.abort(new Error("typed elsewhere"));
    await assert.rejects(asked, /typed elsewhere/);
    assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
    await assert.rejects(prompt("Password: ", true, one.at, over.signal), /typed elsewhere/);
    assert.equal(one.shown(), "User ID: al\n");
  });
});

describe("several prompts of one program", () => {
  const both = (one: ReturnType<typeof terminal>, signal?: AbortSignal): Promise<string[]> =>
    prompts(
      one.at,
      async (ask) => [
        textOf(await ask("User ID: ", false)),
        // A program has its own to do between two questions.
        await new Promise<string>((resolve) => setImmediate(resolve, "")),
        textOf(await ask("Password: ", true)),
      ],
      signal,
    ).then((all) => all.filter((text) => text !== ""));

  for (const [how, end] of [
    ["Enter", "\r"],
    ["line feeds", "\n"],
    ["the line ends of Windows", "\r\n"],
  ] as const) {
    it(`are answered by what is pasted at once with ${how}; the password is not shown, nor kept`, async () => {
      const one = terminal();
      const pasted = Buffer.from(`alice${end}secret${end}more${end}`);
      const asked = both(one);
      one.type(pasted);
      assert.deepEqual(await asked, ["alice", "secret"]);
      assert.equal(one.shown(), "User ID: alice\nPassword: \n");
      assert.ok(pasted.every((octet) => octet === 0));
      assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
      const next = both(one);
      one.type("bob\r");
      one.type("b\r");
      assert.deepEqual(await next, ["bob", "b"], "the rest answers no other program's question");
    });
  }

  it("take the pieces of a paste wherever they are cut", async () => {
    const whole = "alice\r\nsecret\r\n";
    for (let cut = 1; cut < whole.length; cut++) {
      const one = terminal();
      const asked = both(one);
      one.type(whole.slice(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      one.type(whole.slice(cut));
      assert.deepEqual(await asked, ["alice", "secret"], `${cut}`);
      assert.equal(one.shown(), "User ID: alice\nPassword: \n");
    }
  });

  it("end by a Ctrl-C that was pasted behind an Enter, and by nobody's need any more", async () => {
    const one = terminal();
    const asked = both(one);
    one.type("alice\r\u0003");
    await assert.rejects(asked, NothingTyped);
    const over = new AbortController();
    const other = both(one, over.signal);
    one.type("alice\r");
    let shown = "";
    await until(() => {
      shown += one.shown();
      return shown.endsWith("Password: ");
    }, "the second question");
    over.abort(new Error("typed elsewhere"));
    await assert.rejects(other, /typed elsewhere/);
    assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
  });

  it("take lines of 256 octets at most, and leave out what is more than a terminal holds", async () => {
    for (const [length, taken] of [
      [255, 255],
      [256, 256],
      [257, 256],
    ] as const) {
      const one = terminal();
      const asked = both(one);
      one.type(`alice\r${"x".repeat(length)}\r`);
      assert.equal((await asked)[1]?.length, taken);
    }
    for (const length of [4_087, 4_088, 4_089]) {
      const one = terminal();
      const asked = both(one);
      one.type(Buffer.from(`${"a".repeat(length)}\rsecret\r`));
      // Turns of the loop, not time: what is there is worked off in them however slow the machine is.
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      const answered = /Password: \n/.test(one.shown());
      assert.equal(answered, length < 4_089, `${length}`);
      if (!answered) one.type("\r");
      assert.deepEqual(await asked, ["a".repeat(256), "secret"]);
    }
  });

  it("are answered by the lines of an input that is no terminal, with any line ends, the last without one", async () => {
    for (const text of ["alice\nsecret\n", "alice\r\nsecret", "alice\nsecret\nmore\n"]) {
      const one = terminal();
      const piped = {
        ...one.at,
        input: Object.assign(one.at.input, { isTTY: false }),
      } as unknown as Terminal;
      const asked = both({ ...one, at: piped });
      one.type(text);
      one.at.input.push(null);
      assert.deepEqual(await asked, ["alice", "secret"]);
      assert.equal(one.shown(), "");
    }
  });

  it("are not answered by an input that has ended, nor by a line of more than 256 octets", async () => {
    const piped = (text: string): Promise<string[]> => {
      const one = terminal();
      Object.assign(one.at.input, { isTTY: false });
      const asked = both(one);
      one.type(text);
      one.at.input.push(null);
      return asked;
    };
    await assert.rejects(piped("alice\n"), NothingTyped);
    assert.equal((await piped(`alice\n${"x".repeat(256)}\n`))[1]?.length, 256);
    await assert.rejects(piped(`alice\n${"x".repeat(257)}\n`), /too long/);
  });
});

describe("a password that is to be", () => {
  const asked = (at: Terminal): Promise<Uint8Array> => prompts(at, (ask) => newPassword(ask, "Password", at));

  it("is typed twice at a terminal, unseen", async () => {
    const one = terminal();
    const typed = asked(one.at);
    one.type("quiet\rquiet\r");
    assert.equal(textOf(await typed), "quiet");
    assert.equal(one.shown(), "Password: \nPassword again: \n");
  });

  it("is none when the two differ, or Ctrl-C comes in place of the second", async () => {
    for (const [keys, says] of [
      ["quiet\rquite\r", /the two passwords differ: nothing was done/],
      ["quiet\r\u0003", /nothing was typed/],
    ] as const) {
      const one = terminal();
      const typed = asked(one.at);
      one.type(keys);
      await assert.rejects(typed, says);
      assert.deepEqual([one.raw(), one.listeners()], [false, 0]);
    }
  });

  it("is one line of an input that is no terminal", async () => {
    const input = new PassThrough();
    const at = { input, output: new PassThrough() } as unknown as Terminal;
    input.end("quiet\n");
    assert.equal(textOf(await asked(at)), "quiet");
  });
});
