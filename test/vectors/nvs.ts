/**
 * Made by Espressif's esp-idf-nvs-partition-gen 0.2.0 (Python, cryptography 48) of the CSV
 *   key,type,encoding,value
 *   cpns-factory,namespace,,
 *   device,data,hex2bin,<record>
 * with `generate`, size 0x6000, and with `generate-key --key_protect_hmac` and `encrypt --inputkey`. What is not here
 * is ff to the end: of 24576 octets, and 4096 of the keys.
 */
export const nvsVector = Object.freeze({
  /** Entity ID 00112233…ff, Temporary Key 80…9f, name "Oven". */
  record:
    "01a3015000112233445566778899aabbccddeeff025820808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f03644f76656e1152aff4861ecf50",
  plain: [
    "feffffff00000000feffffffffffffffffffffffffffffffffffffff842dbab9",
    "aafaffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "000101ffb42eefc163706e732d666163746f72790000000001ffffffffffffff",
    "01420400ec256ab1646576696365000000000000000000004500ffffdd9e44fe",
    "01a3015000112233445566778899aabbccddeeff025820808182838485868788",
    "898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f03644f76656e1152af",
    "f4861ecf50ffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "014801ff34e185ba64657669636500000000000000000000450000000100ffff",
  ],
  /** 40…5f. */
  hmacKey: "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
  keys: [
    "21be2211d05c653f2a0033bcaad3a0af8eabde1a4f9802a04060e76acccf720f",
    "ffd9b30673f2452c0e3ea69da4ba01e194d82d48d5ce682d87cf0558a39a90f6",
    "20f53b1d",
  ],
  encrypted: [
    "feffffff00000000feffffffffffffffffffffffffffffffffffffff842dbab9",
    "aafaffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "893fe17c53f3074b387c85d6d626a8156f2b164f678ea55a7ac96eebcbbef0f1",
    "9ebb54b310a17ba66322f0cbfdf02ff32d96ea5eb70349194edae221cf075636",
    "14c6bb743608f1352a21566c56b0daa6a190abe1c7ebd0e64e9812c28202c4eb",
    "515478fee3f66e76b87dd36d0d29b68822ab830fdf4972ee130b6d2b45c4100a",
    "6579df46325e081559cf0ce8d67d827079d2253ecedafad48e2233e9d7360ba3",
    "82b804f44d95f8f71b92f99faac071dc98152dab8c08f10a8e3afa8c1166187f",
  ],
});
