import type { Log } from "../../../src/base/ports.js";
import { sparingLog } from "../../node/program/sparingLog.js";

/** Lines of one event within ten seconds; how many more there were is told at their end. */
export const mostLines = 20;

/** A log in which nobody at the broker can write without end: each command that is refused has a line. */
export const sparing = (log: Log): Log => sparingLog(log, { most: mostLines, unsaid: "mqtt.unsaid" });
