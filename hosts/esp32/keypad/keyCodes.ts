import type { KeyPress, NamedKey } from "../../../src/ui/keys.js";

/** Keyboards on I2C that send one octet a key, and where they are. */
export interface KeyboardModel {
  readonly name: string;
  /** 7 bits. */
  readonly address: number;
  /** Octets that are not characters. */
  readonly named: Readonly<Record<number, NamedKey>>;
}

const common = { 8: "backspace", 127: "backspace", 9: "tab", 13: "enter", 27: "escape" } as const;

/** M5Stack CardKB: arrows are 0xB4 left, 0xB5 up, 0xB6 down, 0xB7 right. Left goes back, as Esc does. */
export const cardKB: KeyboardModel = Object.freeze({
  name: "CardKB",
  address: 0x5f,
  named: Object.freeze({ ...common, 180: "escape", 181: "up", 182: "down", 183: "enter" }),
});

/** M5Stack Faces QWERTY: arrows are Fn with K (up), N (left), M (down), $ (right). It has no Esc. */
export const facesKeyboard: KeyboardModel = Object.freeze({
  name: "Faces",
  address: 0x08,
  named: Object.freeze({ ...common, 183: "up", 191: "escape", 192: "down", 193: "enter" }),
});

/** The press that an octet stands for; 0 and 255 are "no key", and nothing else unknown is one either. */
export function pressOf(model: KeyboardModel, octet: number): KeyPress | undefined {
  if (octet >= 0x20 && octet <= 0x7e) return { kind: "character", code: octet };
  const key = model.named[octet];
  return key === undefined ? undefined : { kind: "named", key };
}
