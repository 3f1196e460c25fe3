import { nodeSuite } from "../../hosts/node/nodeSuite.js";
import { spakeContract } from "./spakeContract.js";

spakeContract(nodeSuite);
