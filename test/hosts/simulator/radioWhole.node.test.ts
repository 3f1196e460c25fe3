import assert from "node:assert/strict";
import { epoch, VirtualClock } from "../../../hosts/simulator/world/clock.js";
import { Radio, type RadioLink } from "../../../hosts/simulator/world/radio.js";
import { SeededRandom } from "../../../hosts/simulator/world/random.js";
import { hex } from "../../../src/base/octets.js";
import { Milliseconds } from "../../../src/base/units.js";
import { Channel } from "../../../src/link/channel.js";
import { Air, advertisement } from "./radioAir.js";

describe("the virtual radio as a whole", () => {
  /** Messages over Channels on both ends, with faults, as one log. */
  async function story(seed: string): Promise<string[]> {
    const clock = new VirtualClock();
    const log: string[] = [];
    const note = (what: string): void => void log.push(`${clock.now() - epoch} ${what}`);
    const random = new SeededRandom(seed);
    const radio = new Radio({
      clock,
      random: random.fork("radio"),
      firstConnectFailure: 0.5,
      onFragment: ({ link, direction, octets }) => note(`${link} ${direction} ${hex(octets)}`),
    });
    const content = random.fork("content");
    const open = (name: string, link: RadioLink, answers: boolean): Channel => {
      const channel: Channel = new Channel({
        port: link,
        clock,
        onMessage: (octets) => {
          note(`${name} got ${octets.length}`);
          if (answers) channel.send(content.octets(1 + content.below(300)));
        },
        onFailure: (error) => note(`${name} ${error.code}`),
      });
      link.onFragment = (fragment) => channel.fragment(fragment);
      link.onClosed = (reason) => {
        note(`${name} closed: ${reason}`);
        channel.close();
      };
      return channel;
    };
    const gateway = radio.addCentral({
      id: "gw",
      onFound: (id) => {
        const connect = (): void =>
          gateway.connect(id, (error, link) => {
            note(`${id} ${error?.code ?? "connected"}`);
            if (link === undefined) connect();
            else open(`gw-${id}`, link, true);
          });
        connect();
      },
    });
    gateway.scan(true);
    for (const id of ["a", "b", "c"]) {
      const pne = radio.addPeripheral({
        id,
        mtu: 23 + content.below(200),
        secure: false,
        onConnected: (link) => open(id, link, false).send(content.octets(200)),
      });
      pne.advertise({ ...advertisement, name: id });
      clock.after(Milliseconds(content.below(5000)), () => pne.powerOff());
    }
    await clock.runFor(Milliseconds(10_000));
    return log;
  }

  it("gives the same events, octet for octet and at the same times, for the same seed, and others for another", async () => {
    const first = await story("one");
    assert.ok(first.length > 30);
    assert.deepEqual(await story("one"), first);
    assert.notDeepEqual(await story("two"), first);
  });

  it("carries messages of a Channel (src/link) at MTU 23, four fragments an event", async () => {
    const air = await new Air({}, { pne: 23 }).connected();
    const { pneLink, gatewayLink } = air;
    assert.ok(pneLink !== undefined && gatewayLink !== undefined);
    const ports = { clock: air.clock, onFailure: () => air.note("failure") };
    const sender = new Channel({ ...ports, port: pneLink, onMessage: () => {} });
    const receiver = new Channel({
      ...ports,
      port: gatewayLink,
      onMessage: (octets) => air.note(hex(octets)),
    });
    gatewayLink.onFragment = (fragment) => receiver.fragment(fragment);
    const message = new SeededRandom("message").octets(142);
    sender.send(message);
    await air.run();
    assert.deepEqual(air.happened, [hex(message)]);
    const link = air.radio.link("pne", "gw");
    assert.deepEqual(link?.traffic.toGateway, { fragments: 8, octets: 142 + 4 + 7 * 2 });
    assert.equal(link?.radioTime, 30);
    assert.equal(link?.violations, 0);
  });
});
