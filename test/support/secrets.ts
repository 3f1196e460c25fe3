import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Keys that lie in files of a program's folder whose names say so, a line each, by file and number of the word. */
export function keysIn(folder: string): (readonly [name: string, key: string])[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return keysIn(path);
    if (!/key/.test(name)) return [];
    const words = readFileSync(path, "latin1").split(/\s+/);
    return words.flatMap((word, i) =>
      /^[0-9A-Za-z+/=]{32,}$/.test(word) ? [[`${name} ${i}`, word] as const] : [],
    );
  });
}

/** A secret in each form in which somebody might write it: as it is, in hexadecimal, in Base64 at whatever place of a text. */
function formsOf(secret: Uint8Array): string[] {
  const octets = Buffer.from(secret);
  const forms = [octets.toString("latin1"), octets.toString("hex"), octets.toString("hex").toUpperCase()];
  for (let shift = 0; shift < 3; shift++) {
    const text = Buffer.concat([Buffer.alloc(shift), octets]).toString("base64");
    // Letters at both ends hold bits of what stands beside it.
    const inner = text.replace(/=+$/, "").slice(shift === 0 ? 0 : shift + 1, -1);
    forms.push(inner, inner.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return forms;
}

/** What is looked through for secrets, by where it was said. */
export class Listened {
  readonly #said = new Map<string, string[]>();

  add(where: string, ...texts: readonly (string | Uint8Array | undefined)[]): void {
    const said = this.#said.get(where) ?? [];
    for (const text of texts)
      if (text !== undefined)
        said.push(typeof text === "string" ? text : Buffer.from(text).toString("latin1"));
    this.#said.set(where, said);
  }

  /** Characters that were said in each place. */
  get lengths(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#said].map(([where, said]) => [where, said.join("").length]));
  }

  /** Where each of them was said, as `PLACE: NAME`. */
  find(secrets: ReadonlyMap<string, string | Uint8Array>): string[] {
    const found = new Set<string>();
    const places = [...this.#said].map(([where, said]) => [where, said.join("\n")] as const);
    for (const [name, secret] of secrets) {
      const octets = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
      for (const form of formsOf(octets))
        for (const [where, text] of places) if (text.includes(form)) found.add(`${where}: ${name}`);
    }
    return [...found];
  }
}
