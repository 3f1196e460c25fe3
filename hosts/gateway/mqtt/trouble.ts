/** Why the broker will not have the gateway, in words. */

/** CONNACK's return codes of MQTT 3.1.1. */
const refusals: Readonly<Record<number, string>> = Object.freeze({
  2: "it refuses this gateway's name",
  3: "it is not available",
  4: "it refuses the user name or password",
  5: "it does not let this gateway in: give --mqtt-user and CPNS_MQTT_PASSWORD",
});

/** Nothing more is known of why. */
export const lost = "the connection was lost";

/** What is the matter, for a person: nothing of it comes from the broker but a number. */
export function troubleOf(error: Error): string {
  const { code } = error as { code?: unknown };
  if (typeof code === "number") return refusals[code] ?? `it refuses the connection (${code})`;
  if (error.message === "connack timeout") return "it does not answer";
  if (typeof code !== "string") return "it speaks no MQTT, or this gateway's no longer";
  if (/^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/.test(code))
    return `it is not reached (${code})`;
  if (/^(EPROTO|ERR_SSL_\w+)$/.test(code))
    return `it speaks no TLS there (${code}): mqtt://, or another port`;
  if (/CERT|SIGN|TLS/.test(code)) return `its certificate is not trusted (${code}): give --mqtt-ca`;
  return lost;
}
