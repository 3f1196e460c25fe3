import type { MqttClient } from "mqtt";
import type { Placed } from "./names.js";

/**
 * The topics by which commands come: all that a device could have below the prefix, so that the log tells of those that
 * are for none. Once a message was too long it is only those that its devices have; and what the broker keeps of them is
 * taken away before, since it would come with each connection, and no command that was kept is ever done.
 */
export class CommandTopics {
  readonly #prefix: string;
  readonly #refused: () => void;
  readonly #listening = new Set<string>();
  #careful = false;

  /** `refused`: the broker lets no commands come. */
  constructor(prefix: string, refused: () => void) {
    this.#prefix = prefix;
    this.#refused = refused;
  }

  /** From the next connection on. */
  beCareful(): void {
    this.#careful = true;
  }

  connected(client: MqttClient): void {
    this.#listening.clear();
    if (!this.#careful) this.#listen(client, `${this.#prefix}/+/+/+/set`);
  }

  /** Devices come and go. */
  follow(client: MqttClient, placed: readonly Placed[]): void {
    if (!this.#careful) return;
    for (const { base, member } of placed) {
      for (const { name, direction } of member.topics) {
        const topic = `${base}/${name}/set`;
        if (direction === "offers" || this.#listening.has(topic)) continue;
        client.publish(topic, "", { qos: 1, retain: true });
        this.#listen(client, topic);
      }
    }
  }

  #listen(client: MqttClient, topic: string): void {
    this.#listening.add(topic);
    client.subscribe(topic, { qos: 1 }, (error) => {
      if (error && client.connected) this.#refused();
    });
  }
}
