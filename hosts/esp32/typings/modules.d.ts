/** Modules by their names at run time. */
declare module "modules" {
  const Modules: { has(name: string): boolean; importNow(name: string): unknown };
  export default Modules;
}
