/** What the SDK's set-up of M5Stack makes: 0 while pressed. */
declare const button: Readonly<Record<"a" | "b" | "c", { read(): number }>>;

/** Parts of the board that the SDK makes for its target; here the buttons of its simulator. */
declare const Host: {
  readonly Button: Readonly<
    Record<"a" | "b" | "c", new (options: { onPush(pressed: number | boolean): void }) => { close?(): void }>
  >;
};
