import { nobleCurve } from "../../src/crypto/nobleCurve.js";
import { curveContract } from "./curveContract.js";

curveContract(nobleCurve);
