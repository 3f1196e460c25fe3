/** Test sets 1 and 3 of 3GPP TS 35.207/35.208 (Milenage); hexadecimal. AUTS of set 1 was checked with osmo-auc-gen 1.7.0. */
export const milenageSets = Object.freeze([
  {
    name: "TS35.208 set 1",
    K: "465b5ce8b199b49faa5f0a2ee238a6bc",
    RAND: "23553cbe9637a89d218ae64dae47bf35",
    SQN: "ff9bb4d0b607",
    AMF: "b9b9",
    OP: "cdc202d5123e20f62b6d676ac72cb318",
    OPc: "cd63cb71954a9f4e48a5994e37a02baf",
    f1: "4a9ffac354dfafb3",
    f1s: "01cfaf9ec4e871e9",
    f2: "a54211d5e3ba50bf",
    f5: "aa689c648370",
    f3: "b40ba9a3c58b2a05bbf0d987b21bf8cb",
    f4: "f769bcd751044604127672711c6d3441",
    f5s: "451e8beca43b",
    AUTN: "55f328b43577b9b94a9ffac354dfafb3",
  },
  {
    name: "TS35.208 set 3",
    K: "fec86ba6eb707ed08905757b1bb44b8f",
    RAND: "9f7c8d021accf4db213ccff0c7f71a6a",
    SQN: "9d0277595ffc",
    AMF: "725c",
    OP: "dbc59adcb6f9a0ef735477b7fadf8374",
    OPc: "1006020f0a478bf6b699f15c062e42b3",
    f1: "9cabc3e99baf7281",
    f1s: "95814ba2b3044324",
    f2: "8011c48c0c214ed2",
    f5: "33484dc2136b",
    f3: "5dbdbb2954e8f3cde665b046179a5098",
    f4: "59a92d3b476a0443487055cf88b2307b",
    f5s: "deacdd848cc6",
    AUTN: "ae4a3a9b4c97725c9cabc3e99baf7281",
  },
] as const);

export const autsOfSet1 = Object.freeze({ sqnMs: "ff9bb4d0b620", auts: "ba853f3c121b1d42e794305f81bd" });

/**
 * GBA over test set 1: computed by two independent programs from TS 33.220 annex B and 5.3.2, RFC 3310; there is no
 * published vector of GBA's keys.
 */
export const gbaGolden = Object.freeze({
  IMPI: "001010123456789@ims.mnc001.mcc001.3gppnetwork.org",
  BSF: "bsf.mnc001.mcc001.pub.3gppnetwork.org",
  Ks: "b40ba9a3c58b2a05bbf0d987b21bf8cbf769bcd751044604127672711c6d3441",
  MAC_star: "8c7f3f0d723fb244",
  AUTN_star: "55f328b43577b9b98c7f3f0d723fb244",
  B_TID: "I1U8vpY3qJ0hiuZNrke/NQ==@bsf.mnc001.mcc001.pub.3gppnetwork.org",
  nonceGbaU: "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5jH8/DXI/skQ=",
  nafID: "63706e732e6578616d706c652e6e6574ff00000001",
  ksExtNaf: "cc126cf460bddcbe6bd01edad73700fdf7b4fd3cd5d847cdb9ebe90f850a4575",
  ksIntNaf: "132a665c3aaf89373a6966826a8ec37c7d43f5756fcc3d4fabc518a50f7b31f5",
  auth: "1b67988d9bd999c2663abe352bbbee0a",
  authInt: "712db41fb26655d678744263b14b1c01",
  cnonce: "0a4f113b",
  resyncAuthInt: "f4d113506200d610409f751ab9a71215",
});

/** RFC 7616, 3.9.1, with MD5. */
export const digestRfc7616 = Object.freeze({
  username: "Mufasa",
  realm: "http-auth@example.org",
  password: "Circle of Life",
  uri: "/dir/index.html",
  method: "GET",
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  nc: "00000001",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  response_MD5: "8ca523f5e9506fed4657c9700eebdbec",
});
