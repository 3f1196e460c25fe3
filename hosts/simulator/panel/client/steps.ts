import type { NetworkState } from "../network.js";

/** The strip that says what to do next; it lights up as it happens. */

const ids = ["step-user", "step-password", "step-join", "step-send"] as const;

export class Steps {
  #password = false;
  #enrolled = false;
  #joined = false;
  #sent = false;

  restart(): void {
    this.#password = false;
    this.#sent = false;
  }

  /** What follows the password, until it succeeds, still belongs to it. */
  screen(texts: readonly string[]): void {
    if (texts.includes("Password")) this.#password = true;
    else if (texts.includes("User ID") || texts.includes("Welcome")) this.#password = false;
    this.#show();
  }

  state(state: NetworkState, device: string): void {
    const lines = state.entities.find(({ id }) => id === device)?.lines ?? [];
    const good = (label: string): boolean =>
      lines.some((line) => line.label === label && line.tone === "good");
    // Without power nothing is known of the key, which outlives it in flash.
    if (lines.some(({ label }) => label === "EUKey")) this.#enrolled = good("EUKey");
    this.#joined = good("PN");
    if (!this.#enrolled) this.#sent = false;
    this.#show();
  }

  message(name: string, to: string): void {
    if (name === "ApplicationData" && to === "PNE") this.#sent = true;
    this.#show();
  }

  get #at(): number {
    if (this.#joined) return this.#sent ? ids.length : 3;
    if (this.#enrolled) return 2;
    return this.#password ? 1 : 0;
  }

  #show(): void {
    const at = this.#at;
    for (const [index, id] of ids.entries()) {
      const step = document.getElementById(id);
      step?.classList.toggle("done", index < at);
      step?.classList.toggle("now", index === at);
      if (index === at) step?.setAttribute("aria-current", "step");
      else step?.removeAttribute("aria-current");
    }
  }
}
