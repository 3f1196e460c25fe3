/** Every screen that the UI has, and the dark display of a device without power. */
export const screenIDs = Object.freeze([
  "off",
  "boot",
  "welcome",
  "userID",
  "password",
  "progress",
  "enrolled",
  "joined",
  "erased",
  "home",
  "settings",
  "members",
  "message",
  "reset",
  "error",
] as const);
