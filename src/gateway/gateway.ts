import { CpnsError } from "../base/errors.js";
import { wipe } from "../base/octets.js";
import { Method } from "../codec/methods.js";
import { resultCode } from "../codec/results.js";
import { checkPassword, checkUserID } from "../crypto/password.js";
import type { KeyStore } from "../keystore/keystore.js";
import { KeyOrigin } from "../keystore/schemas.js";
import type { Procedure } from "../procedure/procedure.js";
import { ProcedureError } from "../procedure/procedure.js";
import { type Carry, runProcedure } from "../procedure/run.js";
import { EnrolClient } from "../protocols/enrolment/client.js";
import { ConfirmClient } from "../protocols/enrolment/confirm.js";
import { assignByGba } from "../protocols/gba/gateway.js";
import { PNGateway } from "../protocols/network/gateway.js";
import { installCredentials } from "../protocols/provisioning/gateway.js";
import { type Registered, Registration } from "../protocols/registration/client.js";
import { enrolUnderTemporaryKey } from "../protocols/temporaryKey/gateway.js";
import { type AtGateway, deviceFor } from "./device.js";
import { type PneConnection, PneLink } from "./pneLink.js";
import type { GatewayEntityPorts } from "./ports.js";
import { relay } from "./relaying.js";
import { ServerLink } from "./serverLink.js";

/** Connections at once. */
const maximumLinks = 64;

/** The PN GW: many PNEs on one side, the Server on the other. */
export class Gateway {
  readonly #ports: GatewayEntityPorts;
  readonly #server: ServerLink;
  readonly #links = new Set<PneLink>();
  /** The PNs of this PN GW. */
  readonly pns: PNGateway;

  constructor(ports: GatewayEntityPorts) {
    this.#ports = ports;
    this.#server = new ServerLink(ports);
    const exchange = this.#server.exchange.bind(this.#server);
    this.pns = new PNGateway(ports, () => this.links, exchange);
  }

  get server(): ServerLink {
    return this.#server;
  }

  /** The PN GW's own keys. */
  get keys(): Pick<KeyStore, "committed" | "state"> {
    return this.#ports.store;
  }

  get links(): readonly PneLink[] {
    return [...this.#links];
  }

  /** A radio connection came up; undefined (and disconnected) when there are too many. */
  connected(connection: PneConnection): PneLink | undefined {
    if (this.#links.size >= maximumLinks) {
      connection.disconnect();
      return undefined;
    }
    const link = new PneLink(this.#ports, this.#server, this.pns, connection);
    this.#links.add(link);
    return link;
  }

  disconnected(link: PneLink): void {
    link.closed();
    this.#links.delete(link);
  }

  /**
   * Gets the PN GW's own EUKey with its owner's User ID and password (EUK-GW-04 … EUK-GW-13). `password` becomes
   * the gateway's and is wiped. Calls `done` with the error, or nothing.
   */
  enrol(userID: Uint8Array, password: Uint8Array, done: (error?: CpnsError) => void): void {
    const { suite, random, gatewayID, serverID, store } = this.#ports;
    try {
      checkCredentials(userID, password);
    } catch (error) {
      done(error as CpnsError);
      return;
    }
    const client = new EnrolClient(
      {
        suite,
        random,
        parties: { pne: undefined, gateway: gatewayID, server: serverID },
        userID,
        password,
        methods: [Method.spake2plus],
        stage: ({ id, key, createdAt }) => {
          store.stage({ id, key: key.octets, createdAt, origin: KeyOrigin.password, userID, serverID });
        },
        commit: (id) => store.commit(id),
      },
      1,
    );
    this.#run(client, done);
  }

  /** Gets the PN GW's own EUKey by its UICC (EUK-GW-01, EUK-GW-02). Calls `done` with the error, or nothing. */
  bootstrap(done: (error?: CpnsError) => void): void {
    const { gba } = this.#ports;
    if (gba === undefined) {
      done(new ProcedureError("gba.noUicc"));
      return;
    }
    assignByGba({ ...this.#ports, gba }, (error) => {
      if (error === undefined) this.#server.forget();
      done(error);
    });
  }

  /**
   * Registers a User ID with its password, or gives it a new one in place of `oldPassword` (REG-02, REG-10), inside
   * the session with the Server (REG-09). The passwords become the gateway's and are wiped. `sent` is all that a
   * stranger learns: the name is his if it was free. Errors: CredentialError, "result.refused" when the old password
   * is wrong or nobody has this User ID, "result.busy" while too many have registered here, "result.serverUnreachable".
   */
  register(
    userID: Uint8Array,
    password: Uint8Array,
    oldPassword: Uint8Array | undefined,
    done: (result: Registered | CpnsError) => void,
  ): void {
    const { suite, random, gatewayID, serverID } = this.#ports;
    try {
      checkCredentials(userID, password, oldPassword);
    } catch (error) {
      done(error as CpnsError);
      return;
    }
    const options = { suite, random, gatewayID, serverID, userID, password, oldPassword };
    runProcedure(new Registration(options, 1), this.#carry, (result) => {
      done("outcome" in result ? result.outcome : result.error);
    });
  }

  /**
   * SEC-04, on a PAN that is secure by itself: a person at the PN GW gives a device without UI the means to enrol itself.
   * `password` becomes the gateway's and is wiped. Errors beside those of `register`: "device.notThere", "device.busy",
   * "device.hasUI", "device.panNotSecure", "device.refused" (it has an owner), "timeout", "linkLost".
   */
  installCredentials(
    entityID: Uint8Array,
    userID: Uint8Array,
    password: Uint8Array,
    done: (error?: CpnsError) => void,
  ): void {
    this.#forDevice(entityID, { userID, password }, done, (link) => {
      installCredentials(this.#ports, link, this.#carryFor(entityID), { userID, password }, done);
    });
  }

  /**
   * SEC-05, on every other PAN: a person at the PN GW enrols a device without UI, whose EUKey comes to it under its
   * Temporary Key. Parameters and errors as above; "timeout" too when the device does not want to, and
   * "result.refused" too when the Server does not let the key out.
   */
  enrolPNE(
    entityID: Uint8Array,
    userID: Uint8Array,
    password: Uint8Array,
    done: (error?: CpnsError) => void,
  ): void {
    this.#forDevice(entityID, { userID, password }, done, (link) => {
      const exchange = this.#server.exchange.bind(this.#server);
      const host = { ports: this.#ports, link, carry: this.#carryFor(entityID), exchange };
      enrolUnderTemporaryKey(host, { userID, password }, done);
    });
  }

  #forDevice(
    entityID: Uint8Array,
    { userID, password }: AtGateway,
    done: (error?: CpnsError) => void,
    work: (link: PneLink) => void,
  ): void {
    try {
      checkCredentials(userID, password);
      work(deviceFor(this.links, entityID));
    } catch (error) {
      wipe(password);
      if (!(error instanceof CpnsError)) throw error;
      done(error);
    }
  }

  /** For a PNE, inside the session with the Server. */
  #carryFor(origin: Uint8Array): Carry {
    const exchange = this.#server.exchange.bind(this.#server);
    return (octets, answered) => {
      relay(exchange, origin, octets, (result) => {
        answered("octets" in result ? result.octets : resultCode(result.failed));
      });
    };
  }

  /** Inside the session with the Server. */
  readonly #carry: Carry = (octets, answered) => {
    this.#server.exchange(octets, (result) => {
      answered("octets" in result ? result.octets : resultCode(result.failed));
    });
  };

  /** Finishes an enrolment that was cut between delivery and acknowledgement. */
  confirm(done: (error?: CpnsError) => void): void {
    const { suite, gatewayID, serverID, store } = this.#ports;
    const held = store.keys;
    if (held.at !== "staged" && held.at !== "replacing") {
      done();
      return;
    }
    const parties = { pne: undefined, gateway: gatewayID, server: serverID };
    const commit = (id: Uint8Array): void => store.commit(id);
    this.#run(new ConfirmClient({ suite, parties, staged: held.staged, commit }, 1), done);
  }

  /** In the clear: only before the PN GW has a key of its own. */
  #run<Outcome>(procedure: Procedure<Outcome>, done: (error?: CpnsError) => void): void {
    const carry: Carry = (octets, answered) => {
      this.#ports.request(octets, (answer) => answered(answer ?? "result.serverUnreachable"));
    };
    runProcedure(procedure, carry, (result) => {
      if ("error" in result) return done(result.error);
      this.#server.forget();
      this.pns.forgetSessions();
      done();
    });
  }
}

/** Throws CredentialError, with every password wiped. */
function checkCredentials(userID: Uint8Array, ...passwords: readonly (Uint8Array | undefined)[]): void {
  try {
    checkUserID(userID);
    for (const password of passwords) if (password !== undefined) checkPassword(password);
  } catch (error) {
    wipe(...passwords);
    throw error;
  }
}
