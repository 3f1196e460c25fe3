/** What a device of the panel may be for: the sample applications of apps/, by what people call them. */
export const panelApplications = Object.freeze({
  none: "nothing",
  thermometer: "a thermometer",
  lamp: "a lamp",
  remote: "a remote for lamps",
  doorbell: "a doorbell",
}) satisfies Readonly<Record<string, string>>;

export type ApplicationName = keyof typeof panelApplications;

export const panelApplicationNames = Object.freeze(
  Object.keys(panelApplications),
) as readonly ApplicationName[];
