import type { Clock, Random } from "../../../src/base/ports.js";
import { type FromPNE, fromPNE } from "../../../src/catalogue/legs.js";
import { encodeMessage, peekMessage } from "../../../src/codec/message.js";
import { Method } from "../../../src/codec/methods.js";
import { acknowledgement, failure } from "../../../src/codec/replies.js";
import { Result } from "../../../src/codec/results.js";
import { basePoint, compress } from "../../../src/crypto/curve.js";
import { wrappedKeyLength } from "../../../src/crypto/keys/localKeys.js";
import type { PneConnection } from "../../../src/gateway/pneLink.js";
import { Channel } from "../../../src/link/channel.js";
import { authenticateRequest, connectResponse } from "../../../src/protocols/authentication/messages.js";
import { resumeResponse } from "../../../src/protocols/authentication/resumptionMessages.js";
import { applicationData } from "../../../src/protocols/data/messages.js";
import { entityDiscoveryResponse } from "../../../src/protocols/discovery/messages.js";
import {
  euKeyAssignmentAck,
  euKeyAssignmentChallenge,
  euKeyAssignmentResponse,
  euKeyAssignmentShareAnswer,
  handleLengths,
  minimumIterations,
  sealedDeliveryLength,
} from "../../../src/protocols/enrolment/messages.js";
import { authenticationRequest, pnSetupResponse } from "../../../src/protocols/network/messages.js";

/**
 * A false PN GW that plays a false Server too: it claims the true identities and answers every message in the right
 * form with made-up values. It shows, and tests prove, that a device takes nothing from it.
 */
export class RogueGateway {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #gatewayID: Uint8Array;
  readonly #serverID: Uint8Array;

  constructor(options: {
    readonly clock: Clock;
    readonly random: Random;
    readonly gatewayID: Uint8Array;
    readonly serverID: Uint8Array;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#gatewayID = options.gatewayID;
    this.#serverID = options.serverID;
  }

  connected(connection: PneConnection): { fragment(fragment: Uint8Array): void; closed(): void } {
    const channel: Channel = new Channel({
      port: connection,
      clock: this.#clock,
      onMessage: (octets) => channel.send(this.#answer(octets)),
      onFailure: (_error, final) => {
        if (final) connection.disconnect();
      },
    });
    return { fragment: (fragment) => channel.fragment(fragment), closed: () => channel.close() };
  }

  #octets(length: number): Uint8Array {
    const octets = new Uint8Array(length);
    this.#random.fill(octets);
    return octets;
  }

  /** Where a device lets it, the method whose proof it could guess at offline. */
  #challenge(exchange: number, methods: readonly number[]): Uint8Array {
    const method = methods.includes(Method.scram) ? Method.scram : Method.spake2plus;
    return encodeMessage(euKeyAssignmentChallenge, exchange, {
      method,
      salt: this.#octets(16),
      iterations: minimumIterations,
      handle: this.#octets(handleLengths[method]),
    });
  }

  #answer(octets: Uint8Array): Uint8Array {
    let message: FromPNE;
    try {
      message = fromPNE.decode(octets);
    } catch {
      return encodeMessage(failure, peekMessage(octets)?.exchange ?? 0, { result: Result.protocol });
    }
    const { exchange } = message;
    switch (message.name) {
      case "EntityDiscoveryRequest":
        return encodeMessage(entityDiscoveryResponse, exchange, {
          entityID: this.#gatewayID,
          serverID: this.#serverID,
          ...(message.body.entityID === undefined && { assignedEntityID: this.#octets(16) }),
        });
      case "EUKeyAssignmentRequest":
        return this.#challenge(exchange, message.body.methods);
      case "EUKeyAssignmentRequest.share":
        return encodeMessage(euKeyAssignmentShareAnswer, exchange, {
          share: compress(basePoint()),
          proof: this.#octets(32),
        });
      case "EUKeyAssignmentRequest.proof":
        return encodeMessage(euKeyAssignmentResponse, exchange, {
          result: Result.ok,
          euKey: this.#octets(sealedDeliveryLength),
        });
      case "EUKeyAssignmentRequest.confirm":
        return encodeMessage(euKeyAssignmentAck, exchange, { hash: this.#octets(16) });
      case "PNSetupRequest":
        return encodeMessage(authenticationRequest, exchange, {
          pnID: this.#octets(16),
          serverID: this.#serverID,
          rand: this.#octets(32),
          keyID: 1000,
          expiresAt: 0xffffffff,
          wrappedKey: this.#octets(wrappedKeyLength),
        });
      case "ConnectRequest":
        return encodeMessage(authenticateRequest, exchange, { rand: this.#octets(32) });
      case "AuthenticateResponse":
        return encodeMessage(connectResponse, exchange, { hash: this.#octets(16) });
      case "ResumeRequest":
        return encodeMessage(resumeResponse, exchange, { proof: this.#octets(16) });
      case "AuthenticationResponse":
        return encodeMessage(pnSetupResponse, exchange, {
          result: Result.ok,
          pnID: message.body.pnID,
          pnInventory: this.#octets(40),
          hash: this.#octets(32),
        });
      case "ApplicationData":
        return encodeMessage(applicationData, exchange, {
          pnID: message.body.pnID,
          payload: this.#octets(40),
        });
      default:
        return encodeMessage(acknowledgement, exchange, {});
    }
  }
}
