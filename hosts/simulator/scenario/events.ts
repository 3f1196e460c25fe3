import type { Screen } from "../../../src/ui/screen.js";
import type { RecordedMessage } from "../network/recorder.js";

/** What a run tells, in order; `t` is milliseconds since its beginning. */
export type ScenarioEvent = { readonly t: number } & (
  | {
      readonly kind: "step";
      readonly line: number;
      readonly device: string | undefined;
      readonly step: string;
      readonly ok: boolean;
      /** How it ended, where that is told. */
      readonly ended?: string;
      /** Why it could not be done, or what else it should have ended as. */
      readonly reason?: string;
    }
  | {
      readonly kind: "expectation";
      readonly line: number;
      readonly device: string | undefined;
      readonly expected: string;
      readonly found: string;
      readonly ok: boolean;
    }
  | ({ readonly kind: "message" } & Omit<RecordedMessage, "at">)
  | ({ readonly kind: "screen"; readonly device: string } & Pick<
      Screen,
      "id" | "title" | "lines" | "field" | "menu" | "progress"
    >)
  | {
      readonly kind: "note";
      readonly entity: string;
      readonly note: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "end"; readonly ok: boolean; readonly held: number; readonly failed: number }
);
