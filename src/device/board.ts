import type { ErrorCode } from "../base/errorCodes.js";
import type { Clock, KeyValue, Log, Random } from "../base/ports.js";
import type { Suite } from "../crypto/suite.js";
import type { SessionLimits } from "../link/record.js";
import type { Pne } from "../pne/pne.js";
import type { PneApplication, PneNotice, PnePolicy } from "../pne/ports.js";
import type { DerivationPace } from "../pne/runner.js";
import type { UpdatePorts, UpdateSlots } from "../pne/updatePorts.js";
import type { Page } from "../ui/page.js";
import type { Screen } from "../ui/screen.js";
import type { CrashReports } from "./crash.js";
import type { DisplayKind } from "./display/display.js";
import type { Signal } from "./feedback.js";
import type { Keypad } from "./keypad/keypad.js";
import type { PairingPrompt } from "./pairing.js";
import type { RadioDriver } from "./radio.js";
import type { Light } from "./rest.js";

/** A display of any size class, "none" for a board without. */
export interface DisplayPort {
  readonly kind: DisplayKind;
  /** Draws what differs from the screen before; never throws. */
  show(screen: Screen): void;
  /** Where its light can be changed: it dims and gets dark while nobody uses it. Never throws. */
  readonly light?: (light: Light) => void;
}

/** What the firmware is to its application. */
export interface ApplicationHost {
  readonly pne: Pne;
  readonly flash: KeyValue;
  readonly suite: Suite;
  readonly clock: Clock;
  readonly log: Log;
  /** Its page shows something else. */
  changed(): void;
  failed(code: ErrorCode): void;
}

/** What the device is for, as src/device/application runs it: a firmware has one or none. */
export interface DeviceApplication extends PneApplication {
  readonly name: string;
  /** Once, with a PNE that is there. Never throws. */
  start(host: ApplicationHost): void;
  /** The PNE has told something. */
  notice(): void;
  page(): Page;
}

/** Everything that differs between boards. */
export interface Board {
  readonly version: string;
  /** Advertised, and told to other members of a PN, unless the factory has given the device one. */
  readonly name?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly suite: Suite;
  readonly pace: DerivationPace;
  readonly display: DisplayPort;
  readonly keypad: Keypad;
  readonly radio: RadioDriver;
  /** Where it can be heard, or felt. Never throws. */
  feedback?(signal: Signal): void;
  /** How full its battery is, in percent; undefined when none is in. Throws what its bus throws. */
  battery?(): number | undefined;
  /** Where the radio can make links secure with the person's help. */
  readonly pairing?: PairingPrompt;
  readonly crashes: CrashReports;
  /** The owner's choices, where they differ from the firmware's. */
  readonly policy?: Partial<PnePolicy>;
  /** Of its sessions, where they differ from the protocol's. */
  readonly limits?: SessionLimits;
  readonly application?: DeviceApplication;
  /** What firmware that is on trial gives way by, also where nothing else works. */
  readonly slots?: Pick<UpdateSlots, "trial" | "rollBack">;
  /** Where its firmware is updated over the air. Throws StoreError. */
  update?(): Omit<UpdatePorts, "restart">;
  /** Who watches beside the person, once the person has been told. */
  notice?(notice: PneNotice): void;
  /** Called once the radio is up; throws when the generator fails its start-up test. */
  random(): Random;
  /** Throws StoreError("store.broken" | "store.unusable"). */
  flash(): KeyValue;
  factory(): Pick<KeyValue, "read">;
  /** Erases what `flash` and `factory` are in, where they throw StoreError("store.unusable"). Throws StoreError. */
  eraseStorage?(): void;
  restart(): void;
}
