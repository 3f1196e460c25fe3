import { equalBytes, wipe } from "../../base/octets.js";
import type { Random } from "../../base/ports.js";
import { compress } from "../../crypto/curve.js";
import { randomScalar } from "../../crypto/ephemeral.js";
import { CryptoError } from "../../crypto/errors.js";
import { scramDeliveryKey, spakeDeliveryKey } from "../../crypto/keys/deliveryKeys.js";
import { clientProof, serverKey } from "../../crypto/scram.js";
import { Secret } from "../../crypto/secret.js";
import { type ProverSecrets, proverKeys, proverSecrets, share } from "../../crypto/spake2plus.js";
import type { CurveSuite, Suite } from "../../crypto/suite.js";
import { ProcedureError } from "../../procedure/procedure.js";
import { passwordIdentity } from "./transcript.js";

/** The client of the hash-only method: one proof, after which the delivery key is known. */
export class ScramProver {
  readonly #suite: Suite;
  readonly #authMessage: Uint8Array;
  #serverKey: Secret | undefined;

  constructor(suite: Suite, authMessage: Uint8Array) {
    this.#suite = suite;
    this.#authMessage = authMessage;
  }

  /** ClientProof, 32 octets. */
  proof(saltedPassword: Uint8Array): Uint8Array {
    this.#serverKey = new Secret(serverKey(this.#suite, saltedPassword));
    return clientProof(this.#suite, saltedPassword, this.#authMessage);
  }

  /** Of the delivery: only who holds ServerKey can have sealed under it (EUK-UI-19, EUK-GW-12). */
  deliveryKey(): Secret | undefined {
    return this.#serverKey && scramDeliveryKey(this.#suite, this.#serverKey.octets, this.#authMessage);
  }

  dispose(): void {
    this.#serverKey?.wipe();
    this.#serverKey = undefined;
  }
}

/** Who proves what to whom: the same on both sides, or no confirmation holds. */
export interface SpakeBinding {
  readonly context: Uint8Array;
  readonly userID: Uint8Array;
  readonly server: Uint8Array;
}

/** The client of SPAKE2+ (RFC 9383): its share, and after the Server's share and confirmation its own confirmation. */
export class SpakeProver {
  readonly #suite: CurveSuite;
  readonly #random: Random;
  readonly #binding: SpakeBinding;
  #secrets: ProverSecrets | undefined;
  #ephemeral: Secret | undefined;
  #shareP: Uint8Array = new Uint8Array(0);
  #shared: Secret | undefined;

  constructor(suite: CurveSuite, random: Random, binding: SpakeBinding) {
    this.#suite = suite;
    this.#random = random;
    this.#binding = binding;
  }

  /** shareP, compressed. */
  share(saltedPassword: Uint8Array): Uint8Array {
    const { userID, server } = this.#binding;
    return this.shareOf(proverSecrets(this.#suite, saltedPassword, passwordIdentity(userID, server)));
  }

  /** shareP, compressed. Ownership of the secrets passes. */
  shareOf(secrets: ProverSecrets): Uint8Array {
    this.#secrets = secrets;
    this.#ephemeral = new Secret(randomScalar(this.#random));
    this.#shareP = share(this.#suite.curve, "prover", this.#ephemeral.octets, this.#secrets.w0.octets);
    return compress(this.#shareP);
  }

  /**
   * confirmP, or undefined when the Server's confirmation does not hold: then it does not know this password, whether
   * the person mistyped it or the Server is false. Throws ProcedureError("enrol.notTrusted") for a share that is no
   * point.
   */
  confirm(compressedShare: Uint8Array, confirmV: Uint8Array): Uint8Array | undefined {
    const secrets = this.#secrets;
    const ephemeral = this.#ephemeral;
    if (secrets === undefined || ephemeral === undefined) throw new RangeError("no share was made");
    const { context, userID: idProver, server: idVerifier } = this.#binding;
    const shareV = decompressed(this.#suite, compressedShare);
    try {
      const agreement = { context, idProver, idVerifier, shareP: this.#shareP, shareV };
      const keys = proverKeys(this.#suite, agreement, ephemeral.octets, secrets);
      this.#shared = keys.shared;
      if (equalBytes(confirmV, keys.confirmV)) return keys.confirmP;
      wipe(keys.confirmP, keys.confirmV);
    } catch (error) {
      // A share that is the blind alone is a guess of the password like any other.
      if (!(error instanceof CryptoError)) throw error;
    } finally {
      this.#forget();
    }
    this.dispose();
    return undefined;
  }

  /** Of the delivery (EUK-UI-19, EUK-GW-12), once the Server has proven itself. */
  deliveryKey(): Secret | undefined {
    return this.#shared && spakeDeliveryKey(this.#suite, this.#shared);
  }

  #forget(): void {
    this.#secrets?.w0.wipe();
    this.#secrets?.w1.wipe();
    this.#ephemeral?.wipe();
    this.#secrets = undefined;
    this.#ephemeral = undefined;
  }

  dispose(): void {
    this.#forget();
    this.#shared?.wipe();
    this.#shared = undefined;
  }
}

export type Prover = ScramProver | SpakeProver;

function decompressed({ curve }: CurveSuite, compressedShare: Uint8Array): Uint8Array {
  try {
    return curve.decompress(compressedShare);
  } catch (error) {
    if (error instanceof CryptoError) throw new ProcedureError("enrol.notTrusted", error.code);
    throw error;
  }
}
