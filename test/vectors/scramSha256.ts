/**
 * SCRAM-SHA-256: RFC 7677 §3, user "user", password "pencil"; the base64 values of the messages as hexadecimal.
 */
export const scramVector = Object.freeze({
  password: "70656e63696c",
  salt: "5b6d99689d12358eeca04b141236fa81",
  iterations: 4096,
  authMessage:
    "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  clientProof: "747cdb65aa56224e2352137e52d7bdcad6a0f738df30782caa69a2cfb0277554",
  serverSignature: "eabae24d1062db75a9451ff0b6ea7e98c8546549ff741e672d3251b2397de46e",
});
