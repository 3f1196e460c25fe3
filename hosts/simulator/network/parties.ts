/** Who speaks in the documents' diagrams. */
export type Party = "PNE" | "PN GW" | "Server";
