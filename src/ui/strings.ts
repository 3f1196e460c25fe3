/** What a person reads about an error: what happened, and what to do next. */
export interface ErrorText {
  readonly title: string;
  readonly what: string;
  readonly next: string;
}

const error = (title: string, what: string, next: string): ErrorText => Object.freeze({ title, what, next });

/** English. Another language is another table of this type. */
export const english = Object.freeze({
  welcome: Object.freeze({
    title: "Welcome",
    lines: Object.freeze([
      "This device is not yet yours.",
      "Enrol it with your User ID and password. It takes less than a minute.",
    ]),
  }),
  userID: "User ID",
  password: "Password",
  enrol: "Enrol",
  home: "Ready",
  inPN: "In the network",
  away: "Gateway out of range",
  menu: Object.freeze({
    createPN: "Join a network",
    createAll: "Invite all devices here",
    members: "Members",
    sendToServer: "Say hello to the Server",
    sendToGateway: "Say hello to the gateway",
    leavePN: "Leave the network",
    dissolvePN: "End it for everybody",
    settings: "Settings",
    deviceName: "Name of this device",
    enrolAgain: "Enrol again",
    diagnostics: "Diagnostics",
    factoryReset: "Erase everything",
  }),
  settings: Object.freeze({
    title: "Settings",
    name: "Name",
    user: "User",
    device: "Device",
    key: "Key",
    firmware: "Firmware",
    none: "none",
    waiting: "waiting for the Server",
  }),
  reset: Object.freeze({
    title: "Erase everything?",
    lines: Object.freeze([
      "The key, the User ID and all networks are deleted. You will have to enrol again.",
      "Press 7 to erase.",
    ]),
    linesButtons: Object.freeze([
      "The key, the User ID and all networks are deleted. You will have to enrol again.",
      "Hold the right button to erase.",
    ]),
    linesKeyboard: Object.freeze([
      "The key, the User ID and all networks are deleted. You will have to enrol again.",
      "Type Y to erase.",
    ]),
    linesTouch: Object.freeze([
      "The key, the User ID and all networks are deleted. You will have to enrol again.",
      "Hold Erase for a second to erase.",
    ]),
    erase: "Erase",
    done: "Everything was erased.",
  }),
  deviceName: "Name of this device",
  alias: "Name of the network",
  optional: "Leave it empty for none.",
  diagnostics: "Diagnostics",
  members: "Members",
  you: "this device",
  // What others choose stands in quotes: a device named "the Server" is not taken for the Server.
  message: Object.freeze({ server: "From the Server", gateway: "From the gateway", member: 'From "%"' }),
  invited: Object.freeze({
    title: "Join?",
    byPNE: '"%" invites you into its network.',
    byGateway: "The gateway invites you into a network.",
    alias: 'It is called "%".',
    yes: "Yes",
    no: "No",
    over: "The invitation is over.",
  }),
  named: "The name is stored.",
  pairing: Object.freeze({
    title: "Same number?",
    question: "A gateway wants a secure link. Does it show this number?",
    otherwise: "If it does not, somebody may be listening: say no.",
  }),
  sent: "% has it.",
  dissolved: Object.freeze({ title: "Network ended", lines: Object.freeze(["It was ended for everybody."]) }),
  enrolled: Object.freeze({
    title: "Enrolled",
    lines: Object.freeze(["This device is now yours.", "Next: join a network."]),
  }),
  joined: Object.freeze({
    title: "Joined",
    lines: Object.freeze(["You are in the network.", "Server and gateway have proven who they are."]),
  }),
  progress: Object.freeze({
    connect: "Looking for a gateway",
    discover: "Saying hello",
    enrol: "Checking the password",
    derive: "Working out the key",
    store: "Storing the key",
    confirm: "Finishing the enrolment",
    join: "Joining the network",
    send: "Sending",
    leave: "Leaving the network",
  }),
  hints: Object.freeze({
    matrix: "Press a key again for its next letter. # changes case.",
    keyboard: "Enter when done. Esc goes back.",
    touch: "Touch the keys. OK when done.",
    buttons: "Hold: left deletes, right changes letters, middle is done.",
    full: "At most % characters.",
  }),
  keys: Object.freeze({
    ok: "OK",
    back: "Back",
    delete: "Delete",
    show: "Show",
    hide: "Hide",
    case: "Aa1",
    up: "Up",
    down: "Down",
    select: "Select",
    cancel: "Cancel",
    retry: "Try again",
    home: "Home",
    hello: "Hello",
    previous: "<",
    pick: "Pick",
    next: ">",
  }),
  wait: "You can try again in % s.",
  errors: Object.freeze({
    "result.refused": error("Not accepted", "User ID or password is not right.", "Check both and try again."),
    throttled: error("Please wait", "Too many wrong passwords.", "Wait, then try again."),
    gatewayNotFound: error(
      "No gateway found",
      "No gateway answered.",
      "Bring the device near its gateway and try again.",
    ),
    linkLost: error("Connection lost", "The gateway went away.", "Stay near it and try again."),
    timeout: error("No answer", "The gateway did not answer in time.", "Try again in a moment."),
    "result.serverUnreachable": error(
      "Server not reached",
      "The gateway cannot reach the Server.",
      "Check its internet connection and try again.",
    ),
    "result.busy": error("Busy", "The gateway or Server is busy.", "Try again in a moment."),
    "result.sessionExpired": error("Session ended", "The session is over.", "Join the network again."),
    "result.noMethod": error(
      "Not allowed here",
      "The Server does not allow this way to enrol.",
      "Ask who runs the Server.",
    ),
    "result.duplicateEntity": error(
      "Device not free",
      "Another user owns a device with this ID.",
      "Ask that user or who runs the Server.",
    ),
    "result.notAuthorized": error("Not allowed", "You may not join this network.", "Ask its owner."),
    "result.declined": error("Declined", "The other side said no.", "Ask and try again."),
    "result.noRoute": error(
      "Not there",
      "The other device is not there.",
      "Try again when it is near its gateway.",
    ),
    "pn.tooLate": error("Too late", "The invitation is over.", "Ask to be invited again."),
    "enrol.method": error(
      "Not safe here",
      "No safe way to enrol is allowed here.",
      "Use a secured connection or another gateway.",
    ),
    notTrusted: error(
      "Not trusted",
      "Gateway or Server could not prove who they are. Nothing was changed.",
      "Use a gateway you know. If it stays, enrol again.",
    ),
    "pn.keyUnknown": error(
      "Key not known",
      "The Server no longer knows this device's key.",
      "Enrol again in Settings.",
    ),
    "pn.otherServer": error(
      "Other Server",
      "This gateway belongs to another Server.",
      "Use a gateway of your Server, or enrol again.",
    ),
    "pn.notMember": error("Not in a network", "You are not in a network.", "Join a network first."),
    notEnrolled: error("Not enrolled", "This device has no key yet.", "Enrol it first."),
    "label.tooLong": error("Too long", "At most 32 characters.", "Choose a shorter name."),
    "pn.unprotected": error(
      "Not safe here",
      "Nothing protects the connection to this gateway.",
      "Use a secured connection.",
    ),
    "store.full": error(
      "Memory full",
      "There is no room to store this. Your old key still works.",
      "Leave networks or erase in Settings.",
    ),
    "store.version": error(
      "Newer data",
      "The memory was written by newer firmware.",
      "Install that firmware again, or erase.",
    ),
    "credential.userID.empty": error("User ID missing", "The User ID is empty.", "Type your User ID."),
    "credential.userID.tooLong": error("User ID too long", "At most 32 characters.", "Shorten it."),
    "credential.userID.characters": error(
      "User ID",
      "It has a space at its start or end, or a letter this device cannot take.",
      "Check it and try again.",
    ),
    "credential.password.empty": error("Password missing", "The password is empty.", "Type it."),
    "credential.password.tooLong": error("Too long", "At most 64 characters.", "Shorten it."),
    "credential.password.characters": error(
      "Password",
      "It has a letter this device cannot take.",
      "Check it and try again.",
    ),
    "store.broken": error(
      "Memory fault",
      "The memory did not keep what was written.",
      "Restart. If it stays, the device needs repair.",
    ),
    "store.factory": error(
      "Factory data",
      "What the factory wrote into this device is damaged.",
      "Have its factory data written again.",
    ),
    "radio.silent": error(
      "No radio",
      "The radio did not start.",
      "Restart. If it stays, the device needs repair.",
    ),
    "crypto.random": error(
      "Not safe",
      "The device cannot make random keys.",
      "Restart. If it stays, the device needs repair.",
    ),
    "crash.memory": error("Restarted", "The memory was full.", "Nothing is lost. Tell us if it stays."),
    "crash.stack": error("Restarted", "The stack was full.", "Nothing is lost. Tell us if it stays."),
    "crash.exception": error("Restarted", "The firmware failed.", "Nothing is lost. Tell us if it stays."),
    "crash.watchdog": error("Restarted", "The firmware hung.", "Nothing is lost. Tell us if it stays."),
    "crash.power": error("Restarted", "The power was too low.", "Charge it or use a better supply."),
    "crash.unknown": error("Restarted", "It is not known why.", "Nothing is lost. Tell us if it stays."),
    unknown: error("Something went wrong", "Code: %", "Try again. If it stays, tell us the code."),
  }),
});

type Widened<T> = T extends string ? string : { readonly [K in keyof T]: Widened<T[K]> };
/** A table of all texts in one language. */
export type Strings = Widened<typeof english>;

/** The text for an error code; codes that mean the same to a person share one. */
export function errorText(strings: Strings, code: string): ErrorText {
  const table: Readonly<Record<string, ErrorText>> = strings.errors;
  if (/notTrusted$|^enrol\.iterations$|^crypto\.rand$|^record\.forged$|keyNotNewer$/.test(code)) {
    return strings.errors.notTrusted;
  }
  const known = table[code];
  if (known !== undefined) return known;
  const { unknown } = strings.errors;
  return { ...unknown, what: unknown.what.replace("%", code) };
}
