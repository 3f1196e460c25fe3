import { fileURLToPath } from "node:url";
import { skippedFor } from "../support/skipped.js";

export type XsBuild = { readonly path: string; readonly width: 32 | 64 } | { readonly skipped: string };

/** The project's folder, seen from build/test/xs/. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));
/** Where this file's compiled neighbours are. */
export const here = fileURLToPath(new URL("./", import.meta.url));

/** tools/xs/build.mjs, which is no TypeScript: compiles the engine when it has changed. */
export async function buildXs(options: { readonly width?: 32 | 64 } = {}): Promise<XsBuild> {
  const tools = await import(new URL("../../../tools/xs/build.mjs", import.meta.url).href);
  return tools.buildXs(options) as Promise<XsBuild>;
}

/** The same for what runs in `context`, which is skipped in words where there is nothing to compile it with. */
export async function buildXsOrSkip(
  context: Mocha.Context,
  what: string,
): Promise<{ readonly path: string; readonly width: 32 | 64 }> {
  context.timeout(180_000);
  const built = await buildXs();
  return "skipped" in built ? skippedFor(context, what, built.skipped) : built;
}

/** What every program on the host needs to find its modules. */
export const moduleArguments = (): readonly string[] => [
  // Before the originals: modules of packages that the engine does not take as they are (tools/xs/lower.mjs).
  "--root",
  `${root}build/xs/lowered`,
  "--root",
  root,
  // In place of the originals: modules of the device as a board has them (tools/boardCode.mjs).
  "--twins",
  `${root}build/=${root}build/xs/board/`,
  "--map",
  `node:assert/strict=${here}assert.js`,
];
