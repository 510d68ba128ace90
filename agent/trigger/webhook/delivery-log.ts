import type { SecretName } from "../../forge/webhook-signature.ts";
import type { ForgeName } from "../../forge/webhook-event.ts";
import type { DeliveryResultLabel } from "../../telemetry/labels.ts";

/** One delivery of a webhook and what came of it. */
export interface Delivery {
  /** ISO time. */
  readonly time: string;
  readonly forge: ForgeName;
  /** The event's name as its header says. */
  readonly event: string;
  readonly deliveryId: string | null;
  readonly result: DeliveryResultLabel;
  readonly why: string;
  /** Which of the two secrets signed it; null: none of them. */
  readonly matchedSecret: SecretName | null;
}

const MOST = 50;
/** Anyone can send what is refused: it may not push out what was verified. */
const MOST_REFUSED = 10;

/** The newest deliveries of one source, and how many there were since the agent started. */
export class DeliveryLog {
  #verified: readonly Delivery[] = [];
  #refused: readonly Delivery[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  note(delivery: Delivery): void {
    this.#count += 1;
    if (delivery.matchedSecret === null) {
      this.#refused = [delivery, ...this.#refused].slice(0, MOST_REFUSED);
    } else {
      this.#verified = [delivery, ...this.#verified].slice(0, MOST);
    }
  }

  /** Newest first. */
  list(): readonly Delivery[] {
    const verified = this.#verified.slice(0, MOST - this.#refused.length);
    return [...verified, ...this.#refused].sort((a, b) =>
      a.time === b.time ? 0 : a.time < b.time ? 1 : -1,
    );
  }
}
