import assert from "node:assert/strict";
import { ascii, hex } from "../../src/base/octets.js";
import { Seconds } from "../../src/base/units.js";
import { encodeMessage, messageSet } from "../../src/codec/message.js";
import { acknowledgement, failure } from "../../src/codec/replies.js";
import { resultName } from "../../src/codec/results.js";
import type { EntityRecord } from "../../src/database/rows/entities.js";
import {
  accountDeviceRequest,
  accountDevicesRequest,
  accountDevicesResponse,
  accountGuestsResponse,
  accountSignInResponse,
} from "../../src/protocols/account/messages.js";
import { AccountPage, type TestBrowser } from "./accountPage.js";

const replies = messageSet(
  acknowledgement,
  failure,
  accountDevicesResponse,
  accountGuestsResponse,
  accountSignInResponse,
);

/** The Server's page with alice signed in, and what she asks. */
export class SignedIn {
  readonly page: AccountPage;
  readonly browser: TestBrowser;

  private constructor(page: AccountPage) {
    this.page = page;
    this.browser = page.browser();
  }

  static async start(): Promise<SignedIn> {
    const one = new SignedIn(await new AccountPage().start());
    assert.equal(await one.browser.signIn("alice"), "in");
    return one;
  }

  async ask(octets: Uint8Array, by = this.browser) {
    const reply = replies.decode(await by.send(octets));
    assert.equal(reply.exchange, 5);
    return reply;
  }

  /** The name of the answer, or of its Result. */
  async told(octets: Uint8Array, by = this.browser): Promise<string> {
    const { name, body } = await this.ask(octets, by);
    return name === "Failure" ? resultName(body.result) : name;
  }

  /** A device of hers, but for what `more` says. */
  device(name: string, more: Partial<EntityRecord> = {}): Promise<void> {
    const entity: EntityRecord = {
      role: "pne",
      owner: this.page.user("alice").identity,
      userID: ascii("alice"),
      gatewayID: ascii("gateway"),
      committed: {
        id: new Uint8Array(8),
        key: new Uint8Array(32).fill(1),
        origin: "password",
        createdAt: Seconds(77),
      },
      seenAt: Seconds(88),
      possessed: false,
      ...more,
    };
    return this.page.store.transaction(({ entities }) => entities.put(hex(ascii(name)), entity));
  }

  audit(): string[] {
    return this.page.store.all("audit").map(([, { event, fields }]) => `${event} ${fields}`);
  }
}

export const list = (after?: string) =>
  encodeMessage(accountDevicesRequest, 5, after === undefined ? {} : { after: ascii(after) });
export const act = (name: string, action: number) =>
  encodeMessage(accountDeviceRequest, 5, { entityID: ascii(name), action });
