/** What PN GW and Server agree on about HTTPS (docs/PROTOCOL.md, PN GW and Server over HTTPS). */

/** Where the Server takes messages: POST, one message or record, and its answer in the response. */
export const legPath = "/cpns/v1";
export const legType = "application/cpns";
/** Octets of a body; the longest message of this leg with its record, and some room for what is to come. */
export const maximumBody = 65_536;
/** Where a User's account is asked about: POST, as the page of it does, with its session in hexadecimal. */
export const accountPath = "/account/v1";
export const sessionHeader = "cpns-session";
/** Where the Server tells everybody its Entity ID: GET, JSON {"serverID": hex, "origin": hex}. */
export const aboutPath = "/server.json";
