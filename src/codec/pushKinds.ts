/** What the Server tells a PN GW unasked; a number on the wire and in the rows. */
export const PushKind = Object.freeze({
  /** A record for a PNE, under the SK of PNE and Server. */
  message: 0,
  /** The PNE is nobody's any more, or may not be here: out of the PN at once. */
  removed: 1,
  /** The PNE is to have a new EUKey (S3 3e, C-38). */
  rekey: 2,
  /** Who may join has changed. */
  policy: 3,
});
