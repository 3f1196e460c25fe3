/** What the SDK's set-up of M5Stack makes: 0 while pressed. */
declare const button: Readonly<Record<"a" | "b" | "c", { read(): number }>>;

/** ECMA-419's host provider instance, as far as it is used. */
declare const device: {
  readonly sensor: {
    readonly Touch: new (
      options: object,
    ) => { sample(): readonly { x: number; y: number }[] | undefined; close(): void };
  };
};

/** Parts of the board that the SDK makes for its target; here the buttons of its simulator. */
declare const Host: {
  readonly Button: Readonly<
    Record<"a" | "b" | "c", new (options: { onPush(pressed: number | boolean): void }) => { close?(): void }>
  >;
};
