/**
 * Changes by which nobody is deceived although nobody refuses them: place, message, field and kind of the change, and
 * why that is so. Whatever is not here must be refused by name.
 */
export const permitted: readonly (readonly [RegExp, string])[] = [
  [
    / \S*-77 add$/,
    "an unknown key below 0 is an extension, and not looked at unless it is under a transcript",
  ],
  [/^(session|clear) \S+ exchange flip$/, "the carriage of PN GW and Server pairs a request with its answer"],
  [
    /^link (\S+Notify|\S+Trigger|\S+QueryRequest|UserInfoInstallRequest|PNSetupRequest.gateway) exchange flip$/,
    "nobody answers a push by its exchange number",
  ],
  [
    /^link (\S+Notify|\S+QueryRequest|PNSetupRequest.gateway) (version|type) flip$/,
    "a push that is none is dropped: the PN GW need not have sent it",
  ],
  [/^(link|session) Acknowledgement (99|exchange|type|version) /, "who leaves has left, acknowledged or not"],
  [/^link PNLeaveRequest exchange flip$/, "who leaves has left, acknowledged or not"],
  [
    / EUKeyAssignmentRequest.(share|proof) -2 /,
    "the key that a device holds chooses the budget that its guess is paid from, and gives nothing else",
  ],
  [/ EUKeyAssignmentResponse 0 flip/, "the Result that counts is inside the delivery"],
  [
    /^link EntityDiscoveryRequest 22 flip/,
    "capabilities are a claim, by which the PN GW chooses whom it asks",
  ],
  [
    /^link DeviceCapabilitiesQueryResponse (22|23|body) /,
    "capabilities are a claim; the name that counts is in PNEInfo",
  ],
  [
    /^link EntityDiscoveryResponse 24 flip$/,
    "who returns to a PN keeps the identities that were proven in it",
  ],
  [
    /^link EntityDiscoveryResponse body old$/,
    "an Entity ID is given to a PNE that has none, and to no other",
  ],
  [
    /^link (PNSetupResponse|PNEstablishmentNotify) 3 /,
    "the PN ID that counts is in ctx and in the inventory, under hash_server",
  ],
  [
    /^link PNSetupNotify (20|23|39) |^link PNSetupRequest.gateway 39 /,
    "a label for the question; what is proven is in the inventory",
  ],
  [
    /^link PNSetupRequest (18|19|19\[\]) /,
    "whom to invite is the PN GW's to do; nobody is in without a HASH",
  ],
  [/^link PNSetupResponse.pne 0 flip/, "a no by another name"],
  [/^link PNLeaveRequest 22 flip/, "a PN GW can end its PNs, and only the initiator can ask it to"],
  [
    /^link PNInventoryNotify (3|17\[\]|body) /,
    "a PN GW can take members out of a view, or leave it as it was, and put none into it",
  ],
  [
    /^link ApplicationData (3|20|21|body) |^link ApplicationDataNotify 21 /,
    "hop by hop: the PN GW itself has answered, or could read it; what is for the Server is sealed",
  ],
  [/^link ResumeRequest (11|body) /, "without a ticket that is known the PNE authenticates in full"],
  [/^session PNRegistrationRequest 17\[\].22 flip$/, "the LocalEUKey indication that counts is in PNEInfo"],
  [/^session PNRegistrationRequest 18 flip/, "the kind of setup changes nothing at the Server"],
  [/^session PNRegistrationRequest 40/, "what a PN GW says of itself is shown, and decides nothing"],
  [/^session PNRegistrationRequest 39 /, "the label of a PN that the PN GW starts is its own"],
  [
    /^session PNRegistrationResponse (0|3) /,
    "each member has a Result of its own; the PN ID that counts is in the inventory",
  ],
  [/^session PNUpdateRequest (3|17\[\]|body) /, "a PN GW can end sessions in its own PNs, or forget to"],
  [
    /^session (Poll|PollResponse) /,
    "a PN GW can forget a push, or say of it what it likes: what is for the PNE is sealed",
  ],
  [
    /^session IDPWDRegistrationRequest(.verifier)? (2|11|32|33|34|36|body) /,
    "a new name is registered by the PN GW as it likes: its person finds out with the first device",
  ],
  [
    /^session IDPWDRegistrationResponse(.challenge)? (8|9|11|body) /,
    "what a new name is answered proves nothing; the salt that counts is the Server's",
  ],
  [
    /^link UpdateOffer (version|type|exchange|49|body) /,
    "an offer that is not taken is made again; all that counts in it is signed",
  ],
  [
    /^link Update(Request|Chunk) (version|type|exchange|21|48|99|body) /,
    "what does not come, or not whole, is asked for again; the image is compared with what was signed",
  ],
  [
    /^link UpdateReport (exchange|44|body) /,
    "what becomes of an image is told to the PN GW alone, for its owner",
  ],
];
