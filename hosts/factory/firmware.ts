import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hex } from "../../src/base/octets.js";
import { UpdateError } from "../../src/protocols/update/errors.js";
import { isText, maximumBoard, maximumVersion } from "../../src/protocols/update/header.js";
import { called, shortName } from "../node/program/called.js";
import { writeDurably } from "../node/program/durableFile.js";
import { runMain } from "../node/program/main.js";
import { Misuse, Refusal } from "../node/program/misuse.js";
import {
  describedSettings,
  readSettings,
  type Setting,
  type Values,
  wholeNumber,
} from "../node/program/settings.js";
import {
  type ImageReport,
  maximumImageFile,
  newSigningKey,
  publicKeyOf,
  readImage,
  readPublicKey,
  readSigningKey,
  signImage,
} from "./image.js";

const name = called("firmware");

const help = `Signs firmware for updates over the air, and says what an image is.

usage: ${name} COMMAND [settings]

  key FILE       makes a key pair; FILE is the private key, and prints the public one
  public FILE    prints the public key of FILE, which boards are built with
  sign IMAGE     signs the .bin of an application: --key, --board, --version, --counter, --out
  verify FILE    prints what a signed image is; with --public or --key, whether that key signed it

`;

const settings: readonly Setting[] = Object.freeze([
  { name: "key", value: "FILE", about: "the private key; who has it decides what the devices run" },
  { name: "public", value: "HEX", about: "the public key instead, to verify" },
  {
    name: "board",
    value: "NAME",
    about:
      "what the image is for: esp32/m5stack; with an application esp32/m5stack+lamp; built with --encrypted esp32/esp32s3#, esp32/esp32s3#lamp",
  },
  { name: "version", value: "TEXT", about: "what people read: at most 24 letters, no spaces" },
  {
    name: "counter",
    value: "N",
    about: "raised when older images must not come back; devices refuse what is below",
    otherwise: "0",
  },
  { name: "out", value: "FILE", about: "the signed image" },
]);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function wanted(values: Values, setting: string): string {
  const value = values[setting];
  if (value === undefined || value === "") throw new Misuse(`--${setting} is missing`);
  return value;
}

/** Throws Refusal for what is larger than any image. */
function readBounded(path: string): Uint8Array {
  if (!statSync(path).isFile()) throw new Refusal(`${path} is no file`);
  if (statSync(path).size > maximumImageFile) throw new Refusal(`${path} is larger than any image`);
  return Uint8Array.from(readFileSync(path));
}

const readKey = (path: string) => readSigningKey(Buffer.from(readBounded(path)).toString("utf8"));

/** Only its owner may read it; one that is there already is never overwritten. */
function makeKey(path: string): void {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Refusal(`${path} is there already, and a key is never overwritten`);
  }
  const pem = newSigningKey();
  try {
    writeFileSync(file, pem);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  say(hex(publicKeyOf(readSigningKey(pem))));
  process.stderr.write(
    `${shortName(name)}: ${path} is the private key: keep it and a copy, and show it to nobody\n`,
  );
}

function signFile(path: string, values: Values): void {
  const [board, version, out] = ["board", "version", "out"].map((one) => wanted(values, one)) as [
    string,
    string,
    string,
  ];
  const counter = wholeNumber("--counter", values.counter ?? "", 0, 999_999_999);
  const keyPath = wanted(values, "key");
  if (!isText(board, maximumBoard) || !isText(version, maximumVersion))
    throw new Misuse("--board has at most 32, --version at most 24 letters of ASCII, without spaces");
  const key = readKey(keyPath);
  const file = signImage(readBounded(path), { board, version, counter }, key);
  writeDurably(out, file);
  shown(readImage(file));
}

function shown({ board, version, counter, length, hash, keyID }: ImageReport): void {
  say(`board     ${board}`);
  say(`version   ${version}`);
  say(`counter   ${counter}`);
  say(`octets    ${length}`);
  say(`SHA-256   ${hex(hash)}`);
  say(`key       ${hex(keyID)}`);
}

function verifyFile(path: string, values: Values): void {
  if (values.key !== undefined && values.public !== undefined) throw new Misuse("one of --key and --public");
  const known = values.public !== undefined ? readPublicKey(values.public) : undefined;
  const publicKey = values.key !== undefined ? publicKeyOf(readKey(values.key)) : known;
  let image: ImageReport;
  try {
    image = readImage(readBounded(path), publicKey);
  } catch (error) {
    if (!(error instanceof UpdateError)) throw error;
    if (error.code === "update.form") throw new Refusal(`${path} is no signed image of this format`);
    throw new Refusal(`${path} is not signed by this key, or altered`);
  }
  shown(image);
  if (!image.whole) throw new Refusal(`${path}: the image is not the one that was signed`);
  say(publicKey === undefined ? "signature not looked at: give --public or --key" : "signature good");
}

await runMain(name, async () => {
  const source = { args: process.argv.slice(2), environment: {} };
  const { values, operands, help: helped } = readSettings(settings, source);
  if (helped) return void process.stdout.write(help + describedSettings(settings));
  const [command, path, more] = operands;
  if (command === undefined) throw new Misuse("no command");
  if (!["key", "public", "sign", "verify"].includes(command)) throw new Misuse(`'${command}' is no command`);
  if (path === undefined || more !== undefined) throw new Misuse(`${command} takes one file`);
  switch (command) {
    case "key":
      return makeKey(path);
    case "public":
      return say(hex(publicKeyOf(readKey(path))));
    case "sign":
      return signFile(path, values);
    case "verify":
      return verifyFile(path, values);
    default:
      throw new Misuse(`'${command}' is no command; ${name} --help lists them`);
  }
});
