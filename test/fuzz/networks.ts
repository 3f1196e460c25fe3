import { Milliseconds } from "../../src/base/units.js";
import { TestNetwork } from "../support/network.js";
import { rememberingSuite } from "./remembering.js";

/** Networks that all begin with what the first one had in flash and database when it was ready. */
export function networksAfter(ready: (net: TestNetwork) => Promise<TestNetwork>): () => Promise<TestNetwork> {
  let first: TestNetwork | undefined;
  return async () => {
    first ??= await ready(new TestNetwork({ pneSuite: rememberingSuite }));
    const net = new TestNetwork({ pneSuite: rememberingSuite, after: first });
    net.device.powerOn();
    await net.clock.runFor(Milliseconds(500));
    return net;
  };
}
