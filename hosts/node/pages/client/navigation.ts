/** Goes to a page, also to the one that is shown: main.ts listens. */
export function go(name: string): void {
  if (location.hash === `#${name}`) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = name;
}
