import { createHash, createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
// Of @peculiar/x509, which asks for it.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { writeDurably } from "../program/durableFile.js";
import { Refusal } from "../program/misuse.js";

/** What a program shows to those who connect: PEM texts, and the pin of its public key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** sha256/ and the Base64 of SHA-256 over SubjectPublicKeyInfo (RFC 7469 §2.4). */
  readonly pin: string;
  readonly validTo: Date;
}

const years = 10;

/** The pin of a certificate, in PEM or DER. */
export function pinOf(certificate: string | Uint8Array): string {
  const { publicKey } = new X509Certificate(certificate);
  const spki = publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(spki).digest("base64")}`;
}

/** The operator's own pair of PEM files. Throws Refusal: a file that is not there, or the two do not belong together. */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  const cert = readText(certFile);
  const key = readText(keyFile);
  try {
    const parsed = new X509Certificate(cert);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) {
      throw new Refusal(`${keyFile} is not the key of ${certFile}`);
    }
    return { cert, key, pin: pinOf(cert), validTo: new Date(parsed.validTo) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${certFile} and ${keyFile} are no certificate and key in PEM`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Where the pair of a folder lies: certificate and key. */
export const ownCertificateFiles = (folder: string): readonly [cert: string, key: string] => [
  join(folder, "tls-cert.pem"),
  join(folder, "tls-key.pem"),
];

/**
 * The pair in `folder`, made at the first start: self-signed, P-256, for `hosts` (names or addresses). It is trusted by
 * its pin, which stays the same as long as the file does.
 */
export async function ownCertificate(folder: string, hosts: readonly string[]): Promise<Certificate> {
  const [certFile, keyFile] = ownCertificateFiles(folder);
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    const { cert, key } = await makeCertificate(hosts);
    writeDurably(keyFile, key);
    writeDurably(certFile, cert);
  }
  return readCertificate(certFile, keyFile);
}

async function makeCertificate(
  hosts: readonly string[],
): Promise<{ readonly cert: string; readonly key: string }> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notBefore = new Date(Date.now() - 24 * 3600 * 1000);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notBefore.getFullYear() + years);
  const names = hosts.map((host) => ({ type: isIP(host) ? "ip" : "dns", value: host }) as const);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=CPNS",
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys: keys as unknown as Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]["keys"],
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const lines = pkcs8.match(/.{1,64}/g) ?? [];
  const key = `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
  return { cert: `${cert.toString("pem")}\n`, key };
}
