/** `config` of the manifest, and what `mcconfig` was told beside it. */
declare module "mc/config" {
  const config: Readonly<Record<string, string | number | boolean | undefined>>;
  export default config;
}
