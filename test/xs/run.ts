import { run } from "./mocha.js";

// Not awaited: the host's module loader must not wait for the tests, whose promise jobs it runs afterwards.
run();
