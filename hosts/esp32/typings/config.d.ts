/** `config` of the manifest, and what `mcconfig` was told beside it. */
declare module "mc/config" {
  const config: Readonly<Record<string, string | number | boolean | object | undefined>> & {
    /** Where the SDK's files are. */
    readonly file: { readonly root: string };
    /** The touch driver that the SDK chooses for the target. */
    readonly Touch: new (
      options: object,
    ) => { read(points: { state?: number; x?: number; y?: number }[]): void };
  };
  export default config;
}
