import { nobleSuite } from "../../src/crypto/noble.js";
import { suiteContract } from "./suiteContract.js";
import { suiteVectors } from "./suiteVectors.js";

suiteVectors(nobleSuite);
suiteContract(nobleSuite);
