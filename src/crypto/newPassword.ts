import { CredentialError, checkPassword } from "./password.js";

/** Octets of a password that somebody chooses anew. */
export const minimumNewPassword = 8;

/**
 * The commonest of 8 letters and more in published lists of stolen passwords, in lower case; and what people make of
 * the name of this very thing.
 */
const commonest: readonly string[] = Object.freeze(
  (
    "password password1 password12 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890 0123456789 " +
    "87654321 987654321 0987654321 11111111 00000000 88888888 99999999 12341234 11223344 112233445566 " +
    "qwertyuiop qwerty123 qwerty1234 qwertyui qwer1234 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx asdfghjkl asdf1234 " +
    "zxcvbnm123 abcd1234 abc12345 abcdefgh abcdefghi a1b2c3d4 aa123456 iloveyou iloveyou1 sunshine princess " +
    "football baseball basketball superman batman123 trustno1 whatever starwars computer internet michelle " +
    "jennifer jessica1 charlie1 jonathan victoria samantha benjamin elizabeth alexander christopher danielle " +
    "welcome1 welcome123 letmein1 letmein123 admin123 admin1234 administrator master123 changeme changeme1 " +
    "secret123 default1 testtest test1234 guest123 login123 monkey123 dragon123 shadow123 killer123 liverpool " +
    "chelsea1 arsenal1 maradona blink182 pokemon1 minecraft fortnite freedom1 hello123 helloworld cheese123 " +
    "passwort passwort1 hallo123 schalke04 motdepasse azertyuiop azerty123 contrasena sakura123 " +
    "raspberry homeassistant cpnscpns gateway1 esp32esp32"
  ).split(" "),
);

/**
 * A password that somebody chooses: 8 … 64 octets of printable ASCII, none of the commonest, not the User ID nor one
 * letter over and over. The device asks for nothing of it, since old ones are not changed. Throws CredentialError.
 */
export function checkNewPassword(octets: Uint8Array, userID: Uint8Array): void {
  checkPassword(octets);
  if (octets.length < minimumNewPassword) throw new CredentialError("credential.password.tooShort");
  const text = lowerCase(octets);
  const one = octets.every((octet) => octet === octets[0]);
  if (one || commonest.includes(text) || text === lowerCase(userID)) {
    throw new CredentialError("credential.password.common");
  }
}

const lowerCase = (octets: Uint8Array): string => String.fromCharCode(...octets).toLowerCase();
