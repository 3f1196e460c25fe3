import { ascii, concat, lengthPrefixed } from "../../base/octets.js";

/** Who takes part when the asker is a PNE. */
export interface DeviceParties {
  readonly pne: Uint8Array;
  readonly gateway: Uint8Array;
  readonly server: Uint8Array;
}

/** AAD of an EUKey under TK': another label than that of a delivery by the Server, and whose device it becomes. */
export const temporaryDeliveryAad = ({ pne, gateway, server }: DeviceParties, userID: Uint8Array) =>
  concat(
    ascii("CPNS EUKey TK"),
    lengthPrefixed(pne),
    lengthPrefixed(gateway),
    lengthPrefixed(server),
    lengthPrefixed(userID),
  );
