/**
 * P-256: small multiples of the base point and those next to its order (NIST "Mathematical routines for the NIST
 * prime elliptic curves", point multiples): scalar and point, hexadecimal.
 */
export const p256Multiples: readonly { readonly k: string; readonly x: string; readonly y: string }[] =
  Object.freeze([
    {
      k: "01",
      x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
      y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    },
    {
      k: "02",
      x: "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
      y: "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1",
    },
    {
      k: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
      x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
      y: "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a",
    },
    {
      k: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f",
      x: "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
      y: "f888aaee24712fc0d6c26539608bcf244582521ac3167dd661fb4862dd878c2e",
    },
  ]);
