import { nobleSuite } from "../../src/crypto/noble.js";
import { longSuiteChecks, suiteVectors } from "./suiteVectors.js";

suiteVectors(nobleSuite, longSuiteChecks);
