/** What the system's codes say to a person. */
const reasons: Readonly<Record<string, string>> = Object.freeze({
  EADDRINUSE: "the address is in use; choose another one",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "it is not allowed",
  EPERM: "it is not allowed",
  ENOENT: "it is not there",
  EISDIR: "it is a folder",
  ENOTDIR: "a file is where a folder should be",
  ENOSPC: "the disk is full",
  EROFS: "the disk cannot be written",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "names are not found now: is there a network?",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  ETIMEDOUT: "it does not answer",
});

/** By itself, or the code where there are no words for it. */
export const systemReason = (code: string | undefined): string | undefined => reasons[code ?? ""] ?? code;

/** With the code behind it, for who looks further. */
export const reasonWithCode = (code: string): string =>
  Object.hasOwn(reasons, code) ? `${reasons[code]} (${code})` : code;
