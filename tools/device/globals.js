// What test/xs/host.ts says that a program finds, given by cli.c.
globalThis.print = function (text) {
  return native("xs_cli_print").call(this, text);
};
globalThis.monotonic = function () {
  return native("xs_cli_monotonic").call(this);
};
globalThis.meter = () => 0;
