import type { Party } from "./parties.js";

/** Which step of the documents a message is, by its name and its way: the number that stands beside its arrow. */
const steps: Readonly<Record<string, string>> = Object.freeze({
  "PNE>PN GW EntityDiscoveryRequest": "PNI-00",
  "PN GW>PNE EntityDiscoveryResponse": "PNI-00",
  "PNE>PN GW EUKeyAssignmentRequest": "EUK-UI-03",
  "PN GW>Server Relayed: EUKeyAssignmentRequest": "EUK-UI-04",
  "Server>PN GW Relayed: EUKeyAssignmentResponse": "EUK-UI-07",
  "PN GW>PNE EUKeyAssignmentResponse": "EUK-UI-08",
  "PN GW>Server EUKeyAssignmentRequest": "EUK-GW-07",
  "Server>PN GW EUKeyAssignmentResponse": "EUK-GW-11",
  "PN GW>Server ConnectRequest": "GWA-04",
  "Server>PN GW AuthenticateRequest": "GWA-06",
  "PN GW>Server AuthenticateResponse": "GWA-09",
  "Server>PN GW ConnectResponse": "GWA-12",
  "PNE>PN GW ConnectRequest": "PNI-06d",
  "PN GW>PNE AuthenticateRequest": "PNI-06d",
  "PNE>PN GW AuthenticateResponse": "PNI-06d",
  "PN GW>PNE ConnectResponse": "PNI-06d",
  "PNE>PN GW PNSetupRequest": "PNI-01",
  "PN GW>PNE PNSetupNotify": "PNI-02",
  "PNE>PN GW PNSetupNotifyResponse": "PNI-03",
  "PN GW>PNE PNSetupRequest": "GWI-01",
  "PNE>PN GW PNSetupResponse": "GWI-03",
  "PN GW>Server PNRegistrationRequest": "PNI-04b",
  "Server>PN GW PNAuthenticationRequest": "PNI-05b",
  "PN GW>PNE AuthenticationRequest": "PNI-06b",
  "PNE>PN GW AuthenticationResponse": "PNI-08",
  "PN GW>Server PNAuthenticationResponse": "PNI-10",
  "Server>PN GW PNRegistrationResponse": "PNI-12c",
  "PN GW>PNE PNSetupResponse": "PNI-14a",
  "PN GW>PNE PNEstablishmentNotify": "PNI-15a",
  "PN GW>PNE PNInventoryNotify": "PNR-14",
  "PN GW>Server IDPWDRegistrationRequest": "REG-04",
  "Server>PN GW IDPWDRegistrationResponse": "REG-06",
  "PN GW>PNE UserInfoInstallRequest": "SEC-04",
  "PNE>PN GW UserInfoInstallResponse": "SEC-04",
  "PN GW>PNE EUKeyAssignmentTrigger": "SEC-04",
  "PN GW>Server TemporaryKeyRequest": "SEC-06",
  "Server>PN GW TemporaryKeyResponse": "SEC-06",
});

/** The same in a PN that the PN GW starts, where the documents count them otherwise. */
const stepsByGateway: Readonly<Record<string, string>> = Object.freeze({
  PNRegistrationRequest: "GWI-05b",
  PNAuthenticationRequest: "GWI-06b",
  AuthenticationRequest: "GWI-07",
  AuthenticationResponse: "GWI-09",
  PNAuthenticationResponse: "GWI-11",
  PNRegistrationResponse: "GWI-13",
  PNEstablishmentNotify: "GWI-15",
});

/**
 * The legs of an exchange ("EUKeyAssignmentRequest.proof") belong to the step of the whole. `byGateway`: in a PN that
 * the PN GW starts. Undefined for none.
 */
export function documentStep(from: Party, to: Party, name: string, byGateway = false): string | undefined {
  if (byGateway && stepsByGateway[name] !== undefined) return stepsByGateway[name];
  const whole = name.replace(/\.[A-Za-z]+$/, "");
  const exact = steps[`${from}>${to} ${name}`] ?? steps[`${from}>${to} ${whole}`];
  // Bootstrapped keys have steps of their own.
  return name.endsWith("EUKeyAssignmentRequest.gba") ? "EUK-GW-02" : exact;
}
