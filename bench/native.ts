/** Microseconds of an operation, by back end. */
type Times = Readonly<Record<"native" | "noble", number>> & { readonly sdk?: number };
type Figures = Readonly<Record<string, Times>> | { readonly skipped: string };

const titles: Readonly<Record<string, string>> = Object.freeze({
  pbkdf2: "PBKDF2-HMAC-SHA-256, an iteration",
  multiply: "P-256, a multiplication",
  seal64: "ChaCha20-Poly1305, 64 octets",
  sha256of64: "SHA-256 of 64 octets",
  hmacOf64: "HMAC-SHA-256 of 64 octets",
});

/**
 * The device's crypto inside a build of the Moddable SDK, against noble in the same process. Times are this machine's and
 * only printed; how many times native is faster goes to `measured`, as "native.<operation>".
 */
export async function nativeCrypto(
  say: (line: string) => void,
  measured: Map<string, number>,
): Promise<void> {
  const tools = await import(new URL("../../tools/device/bench.mjs", import.meta.url).href);
  const figures = tools.benchCrypto() as Figures;
  if ("skipped" in figures && typeof figures.skipped === "string") {
    say(`\nskipped: figures of native crypto, because ${figures.skipped}`);
    return;
  }
  say("\nNative crypto on XS of the Moddable SDK        native µs     noble µs   times faster");
  for (const [name, { native, noble, sdk }] of Object.entries(figures as Readonly<Record<string, Times>>)) {
    const times = noble / native;
    measured.set(`native.${name}`, Math.floor(times));
    const columns = [native.toFixed(2), noble.toFixed(0), times.toFixed(0)].map((text) => text.padStart(12));
    const also = sdk === undefined ? "" : `  (the SDK's own: ${sdk.toFixed(0)} µs)`;
    say(`  ${(titles[name] ?? name).padEnd(40)} ${columns.join(" ")}${also}`);
    if (name === "pbkdf2") {
      const [ours, theirs] = [native, noble].map((time) => Math.round(1e6 / time));
      say(`  ${"  iterations a second".padEnd(40)} ${`${ours}`.padStart(12)} ${`${theirs}`.padStart(12)}`);
    }
  }
}
