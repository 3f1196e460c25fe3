import { Key, result } from "./attributes.js";
import { defineMessage } from "./message.js";
import { field, record } from "./schema.js";

/** Instead of an answer: what went wrong, as far as the asker may know. Not authenticated unless in a record. */
export const failure = defineMessage("Failure", 22, record({ result: field(Key.result, result) }));

/** The answer to what needs none but to know that it has arrived. */
export const acknowledgement = defineMessage("Acknowledgement", 29, record({}));
