/**
 * PBKDF2-HMAC-SHA-256: RFC 7914 §11, of the 64 octets there the first 32 (block 1).
 */
export const pbkdf2Vector = Object.freeze({
  password: "706173737764",
  salt: "73616c74",
  iterations: 1,
  key: "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
});

/** Takes a third of a minute on XS. */
export const pbkdf2LongVector = Object.freeze({
  password: "50617373776f7264",
  salt: "4e61436c",
  iterations: 80000,
  key: "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56",
});
