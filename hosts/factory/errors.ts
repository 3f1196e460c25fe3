import { NamedError } from "../../src/base/errors.js";

/** What the factory refuses to do. */
export type FactoryErrorCode =
  | "factory.count"
  | "factory.encrypted"
  | "factory.esptool"
  | "factory.flash"
  | "factory.folder"
  | "factory.image"
  | "factory.issued"
  | "factory.ledger"
  | "factory.line"
  | "factory.links"
  | "factory.long"
  | "factory.name"
  | "factory.place"
  | "factory.prefix"
  | "factory.random"
  | "factory.size"
  | "factory.usage"
  | "factory.value";

export class FactoryError extends NamedError {
  declare readonly code: FactoryErrorCode;

  constructor(code: FactoryErrorCode, detail?: string) {
    super(code, detail);
  }
}
