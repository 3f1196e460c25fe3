/** PDUs of the attribute protocol (Core specification, vol. 3, part F, 3.4.8). */
export const Op = Object.freeze({
  error: 0x01,
  mtuRequest: 0x02,
  mtuResponse: 0x03,
  findInformationRequest: 0x04,
  findInformationResponse: 0x05,
  findByTypeValueRequest: 0x06,
  findByTypeValueResponse: 0x07,
  readByTypeRequest: 0x08,
  readByTypeResponse: 0x09,
  readRequest: 0x0a,
  readResponse: 0x0b,
  readBlobRequest: 0x0c,
  readBlobResponse: 0x0d,
  readByGroupTypeRequest: 0x10,
  readByGroupTypeResponse: 0x11,
  writeRequest: 0x12,
  writeResponse: 0x13,
  prepareWriteRequest: 0x16,
  prepareWriteResponse: 0x17,
  executeWriteRequest: 0x18,
  executeWriteResponse: 0x19,
  notification: 0x1b,
  indication: 0x1d,
  confirmation: 0x1e,
  writeCommand: 0x52,
});

/** Error codes (3.4.1.1). */
export const AttError = Object.freeze({
  invalidHandle: 0x01,
  readNotPermitted: 0x02,
  writeNotPermitted: 0x03,
  invalidPdu: 0x04,
  requestNotSupported: 0x06,
  invalidOffset: 0x07,
  attributeNotFound: 0x0a,
  invalidLength: 0x0d,
  unsupportedGroupType: 0x10,
});

export const minimumMtu = 23;

export const u16 = (octets: Uint8Array, at: number): number =>
  (octets[at] as number) | ((octets[at + 1] as number) << 8);

export const low16 = (value: number): readonly number[] => [value & 0xff, value >> 8];
