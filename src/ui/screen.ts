/** A screen as data: what it says, not how it is drawn. Renderers differ by display, not by screen. */
export interface Screen {
  readonly id: string;
  readonly title: string;
  readonly tone: "normal" | "success" | "error";
  /** Paragraphs. */
  readonly lines: readonly string[];
  readonly field?: {
    readonly label: string;
    readonly text: string;
    readonly masked: boolean;
    readonly mode?: string;
    /** Letters around the chosen one, for three buttons. */
    readonly picker?: string;
  };
  readonly progress?: { readonly label: string; readonly fraction?: number };
  readonly menu?: { readonly items: readonly string[]; readonly selected: number };
  readonly hint?: string;
  /** Labels of the soft keys A to D, or of the three buttons; "" has no function. */
  readonly softKeys: readonly string[];
}
