import { type LookupAddress, promises } from "node:dns";
import { request as requestPlain } from "node:http";
import { request } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { setTimeout } from "node:timers/promises";
import { longestAddress } from "../../../src/database/rows/programs.js";

/** Where webhooks may go: HTTPS at public addresses; anything, for a Server that is at home; nowhere. */
export type Targets = "public" | "any" | "no";

/** IPv4 that is not the Internet's: this host, private, shared, link-local, documentation, multicast, reserved. */
const notPublic4 = new BlockList();
for (const [net, bits] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
  ] as const),
  ...([
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
  ] as const),
  ...([
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const),
])
  notPublic4.addSubnet(net, bits, "ipv4");
/** Of IPv6 only 2000::/3 is, and of that not what has IPv4 inside or is for documentation. */
const public6 = new BlockList();
public6.addSubnet("2000::", 3, "ipv6");
const notPublic6 = new BlockList();
for (const [net, bits] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  notPublic6.addSubnet(net, bits, "ipv6");

export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic4.check(address, "ipv4");
  return family === 6 && public6.check(address, "ipv6") && !notPublic6.check(address, "ipv6");
}

/** An address that a webhook may have; undefined for others. Names are looked up when it is sent to. */
export function targetOf(text: unknown, targets: Targets): URL | undefined {
  if (targets === "no" || typeof text !== "string" || text.length > longestAddress) return undefined;
  if (!/^https?:\/\/[!-~]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "" || url.href.length > longestAddress)
    return undefined;
  if (targets === "any") return url;
  if (url.protocol !== "https:") return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && !isPublic(host) ? undefined : url;
}

/** Asks DNS for the addresses of a name. */
export type Names = Pick<promises.Resolver, "resolve4" | "resolve6" | "cancel">;

/**
 * Of one name, over sockets of its own: the operating system's look-up takes a thread of four, which files and passwords
 * wait for too, until a name server that keeps silent is given up.
 */
const newNames = (): Names => new promises.Resolver({ timeout: 2_000, tries: 2 });

/** For IPv6 addresses where there are others: a name server that keeps silent of them must not cost the delivery. */
const patienceForMore = 1_000;

async function noneSoon(): Promise<[PromiseSettledResult<string[]>]> {
  return [{ status: "fulfilled", value: await setTimeout(patienceForMore, [], { ref: false }) }];
}

/** IPv4 first. Throws what the first of both has failed with. */
async function addressesOf(names: Names, name: string): Promise<readonly LookupAddress[]> {
  const sixth = Promise.allSettled([names.resolve6(name)]);
  const [four] = await Promise.allSettled([names.resolve4(name)]);
  const [six] = await (four.status === "rejected" ? sixth : Promise.race([sixth, noneSoon()]));
  const of = (found: PromiseSettledResult<string[]>, family: number): LookupAddress[] =>
    found.status === "fulfilled" ? found.value.map((address) => ({ address, family })) : [];
  const all = [...of(four, 4), ...of(six, 6)];
  if (all.length === 0 && four.status === "rejected") throw four.reason;
  return all;
}

/** For a request, a name's public addresses: what is checked is what is connected to. */
export const publicLookup =
  (names: Names): LookupFunction =>
  (name, { all, family }, done): void => {
    const take = (found: readonly LookupAddress[]): void => {
      const wanted = found.filter((one) => (family === 4 || family === 6 ? one.family === family : true));
      const may = wanted.filter(({ address }) => isPublic(address));
      const [first] = may;
      if (first === undefined) done(Object.assign(new Error("no public address"), { code: "address" }), []);
      else if (all) done(null, may);
      else done(null, first.address, first.family);
    };
    addressesOf(names, name).then(take, (error: NodeJS.ErrnoException) => done(error, []));
  };

export interface Sending {
  readonly targets: Targets;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds for all of it. */
  readonly within: number;
  /** In place of DNS, for tests. */
  readonly names?: Names;
}

/**
 * Sends it by POST, and resolves once the head of an answer is there: with undefined for 2xx, else with why not. No redirect
 * is followed, no body is read, and no more time is spent than `within`.
 */
export function deliver(
  text: string,
  { targets, headers, body, within, names: given }: Sending,
): Promise<string | undefined> {
  const url = targetOf(text, targets);
  if (url === undefined) return Promise.resolve("address");
  const signal = AbortSignal.timeout(within);
  const send = url.protocol === "https:" ? request : requestPlain;
  // A Server at home looks its names up as the machine does, in its own files too.
  const names = targets === "public" ? (given ?? newNames()) : undefined;
  const lookup = names === undefined ? {} : { lookup: publicLookup(names) };
  signal.addEventListener("abort", () => names?.cancel(), { once: true });
  const options = { method: "POST", headers, signal, agent: false as const, ...lookup };
  return new Promise((resolve) => {
    const asking = send(url, options, (response) => {
      const { statusCode: status = 0 } = response;
      response.destroy();
      resolve(status >= 200 && status < 300 ? undefined : `status ${status}`);
    });
    asking.on("error", (error: NodeJS.ErrnoException) => {
      const why = signal.aborted ? "timeout" : (error.code ?? "failed");
      resolve(/^[\w .-]{1,40}$/.test(why) ? why : "failed");
    });
    // After "response" or "error", or alone: a target that answers 101 has neither.
    asking.once("close", () => resolve("failed"));
    asking.end(body);
  });
}
