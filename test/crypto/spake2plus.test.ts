import { nobleSuite } from "../../src/crypto/noble.js";
import { nobleCurve } from "../../src/crypto/nobleCurve.js";
import { spakeContract } from "./spakeContract.js";

spakeContract({ ...nobleSuite, curve: nobleCurve });
