import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";
import type { Browser, BrowserContext, Page } from "playwright-core";

/** A password of the page, as somebody would choose it. */
export const pagePassword = "kitchen window seat";

/** A browser of its own, which has gone on past the warning that the certificate is nobody's. */
export async function visitor(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 900 },
  });
  return { context, page: await context.newPage() };
}

/** What stands under the content, once it matches. */
export async function says(page: Page, text: string | RegExp): Promise<void> {
  const status = page.locator("#status");
  await status
    .getByText(text)
    .waitFor()
    .catch(async () => assert.fail(`waited for ${text}; it says: ${await status.textContent()}`));
}

/** A section of the page by its heading. */
export const part = (page: Page, title: string) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name: title, exact: true }) });

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request of a program to the page; with a session it has the cookie and the token that the page's script has. */
export class PageClient {
  readonly port: number;
  readonly #host: string;
  cookie: string | undefined;
  token: string | undefined;

  constructor(port: number, host = "127.0.0.1") {
    this.port = port;
    this.#host = host;
  }

  send(
    method: string,
    path: string,
    { headers = {}, body, from }: { headers?: Record<string, string>; body?: string; from?: string } = {},
  ): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        ...{ host: this.#host, port: this.port, rejectUnauthorized: false, agent: false, method, path },
        ...(from !== undefined && { localAddress: from }),
        headers,
      });
      request.on("error", reject);
      request.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      request.end(body);
    });
  }

  /** As the page's own script does; `more` replaces headers, an empty one leaves it out. */
  post(path: string, fields: unknown, more: Record<string, string> = {}, from?: string): Promise<Answered> {
    const headers: Record<string, string> = {
      Origin: `https://127.0.0.1:${this.port}`,
      "Content-Type": "application/json",
      ...(this.cookie !== undefined && { Cookie: this.cookie }),
      ...(this.token !== undefined && { "CPNS-Token": this.token }),
      ...more,
    };
    for (const [name, value] of Object.entries(headers)) if (value === "") delete headers[name];
    const body = typeof fields === "string" ? fields : JSON.stringify(fields);
    return this.send("POST", path, { headers, body, ...(from !== undefined && { from }) });
  }

  /** Set-up or signing in: keeps cookie and token. */
  async begin(path: string, fields: unknown): Promise<Answered> {
    const answered = await this.post(path, fields);
    if (answered.status === 200) {
      this.cookie = String(answered.headers["set-cookie"]).split(";")[0];
      ({ token: this.token } = JSON.parse(answered.body) as { token: string });
    }
    return answered;
  }
}
