import { nobleSuite } from "../../src/crypto/noble.js";
import { nobleCurve } from "../../src/crypto/nobleCurve.js";
import { ecdsaContract } from "./ecdsaContract.js";

ecdsaContract("noble", { ...nobleSuite, curve: nobleCurve });
