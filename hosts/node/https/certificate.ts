import { createHash, createPrivateKey, createPublicKey, webcrypto, X509Certificate } from "node:crypto";
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
 * the pin of its key, which is never written over: where the certificate alone is missing, the key gets another one.
 * Throws Refusal.
 */
export async function ownCertificate(folder: string, hosts: readonly string[]): Promise<Certificate> {
  const [certFile, keyFile] = ownCertificateFiles(folder);
  if (!existsSync(keyFile)) {
    const fresh = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const cert = await certificateFor(fresh, hosts);
    writeDurably(keyFile, await keyText(fresh.privateKey));
    writeDurably(certFile, cert);
  } else if (!existsSync(certFile)) {
    writeDurably(certFile, await certificateFor(await keyPairIn(keyFile), hosts));
  }
  return readCertificate(certFile, keyFile);
}

const algorithm = Object.freeze({ name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" });

/** Throws Refusal. */
async function keyPairIn(file: string): Promise<webcrypto.CryptoKeyPair> {
  const text = readText(file);
  try {
    const own = createPrivateKey(text);
    const { subtle } = webcrypto;
    const [secret, open] = [own.export({ type: "pkcs8", format: "der" }), createPublicKey(own)];
    return {
      privateKey: await subtle.importKey("pkcs8", secret, algorithm, true, ["sign"]),
      publicKey: await subtle.importKey(
        "spki",
        open.export({ type: "spki", format: "der" }),
        algorithm,
        true,
        ["verify"],
      ),
    };
  } catch {
    throw new Refusal(`${file} is no key on P-256 in PEM: put it back from your back-up, or move it away`);
  }
}

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  const lines = pkcs8.match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}

async function certificateFor(keys: webcrypto.CryptoKeyPair, hosts: readonly string[]): Promise<string> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
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
  return `${cert.toString("pem")}\n`;
}
