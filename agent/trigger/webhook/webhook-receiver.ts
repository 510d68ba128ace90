import { matchEvent, type Followed, type Match } from "../../forge/webhook-match.ts";
import {
  readEvent,
  readHead,
  type DeliveryHead,
  type WebhookEvent,
} from "../../forge/webhook-event.ts";
import {
  verifySignature,
  type RawDelivery,
  type SecretName,
} from "../../forge/webhook-signature.ts";
import { toIso, type Clock } from "../../kernel/clock.ts";
import type { DeliveryResultLabel } from "../../telemetry/labels.ts";
import type { Logger } from "../../telemetry/logger.ts";
import type { SourceMetrics } from "../../telemetry/source-metrics.ts";
import type { Announcement, Announcements, MissingCommit } from "./announcements.ts";
import { DeliveryLog, type Delivery } from "./delivery-log.ts";
import type { RefusalWatch } from "./refusal-watch.ts";
import { ReplayCache } from "./replay-cache.ts";
import type { WebhookSecretFiles } from "./webhook-secrets.ts";

/** A delivery and who sent it. */
export interface ReceivedDelivery extends RawDelivery {
  readonly from: string;
  readonly correlationId: string;
}

export interface WebhookAnswer {
  readonly result: DeliveryResultLabel;
  readonly why: string;
}

export interface WebhookReceiverDeps {
  readonly source: string;
  readonly followed: Followed;
  readonly secrets: Pick<WebhookSecretFiles, "read">;
  /** Makes the source be polled now. */
  readonly announcements: Pick<Announcements, "announce" | "missing" | "intervalMs" | "waitsUntil">;
  readonly refusals: RefusalWatch;
  /** What makes pull requests be looked at; null, or absent: nothing plans them. */
  readonly wakePlans?: () => ((number: number | null) => void) | null;
  readonly metrics: Pick<SourceMetrics, "webhookReceived">;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly clock: Clock;
}

/**
 * The webhook of one source: verifies a delivery, finds what it is about, and makes the source be polled where that is what
 * the source follows. The poll alone decides what is there.
 */
export class WebhookReceiver {
  readonly #deps: WebhookReceiverDeps;
  readonly #deliveries = new DeliveryLog();
  readonly #replays = new ReplayCache();

  constructor(deps: WebhookReceiverDeps) {
    this.#deps = deps;
  }

  /** Newest first, at most 50. */
  get deliveries(): readonly Delivery[] {
    return this.#deliveries.list();
  }

  /** All deliveries since the agent started. */
  get count(): number {
    return this.#deliveries.count;
  }

  /** What was announced and polls do not show; null: nothing. */
  get missing(): MissingCommit | null {
    return this.#deps.announcements.missing;
  }

  /** Ms between polls of the source that succeed; null: it is polled by a schedule. */
  get intervalMs(): number | null {
    return this.#deps.announcements.intervalMs;
  }

  /** Never rejects for what the delivery holds. */
  async receive(delivery: ReceivedDelivery): Promise<WebhookAnswer> {
    const head = readHead(delivery);
    const secrets = await this.#deps.secrets.read();
    if (secrets.kind === "unreadable") {
      return this.#refuse(head, { result: "noSecret", why: secrets.why, from: delivery.from });
    }
    const verdict = verifySignature(delivery, secrets, this.#deps.clock.nowMs());
    if (verdict.kind === "refused") {
      // The previous secret may have signed it.
      const hidden = secrets.previousProblem;
      const refusal =
        hidden === null
          ? ({ result: "refused", why: verdict.why } as const)
          : ({ result: "noSecret", why: hidden } as const);
      return this.#refuse(head, { ...refusal, from: delivery.from });
    }
    this.#deps.refusals.verified();
    const answer = this.#judge(head, delivery.body);
    this.#note(head, { ...answer, matchedSecret: verdict.secret });
    const { log } = this.#deps;
    const { correlationId } = delivery;
    const { result, why } = answer;
    const fields = { correlationId, event: head.event, deliveryId: head.id };
    log.info({ ...fields, result, detail: why, matched: verdict.secret }, "webhook received");
    return answer;
  }

  /** Counts a delivery that was not read. */
  turnedAway(result: "limited" | "unreadable", why: string): void {
    if (result === "limited") this.#deps.metrics.webhookReceived(this.#deps.source, result);
    else {
      const head = { forge: "generic", event: "none", id: null } as const;
      this.#note(head, { result, why, matchedSecret: null });
    }
  }

  #judge(head: DeliveryHead, body: Uint8Array): WebhookAnswer {
    const event = readEvent(head, body);
    if (event.kind === "invalid") return { result: "invalid", why: event.why };
    const match = matchEvent(event, this.#deps.followed);
    if (event.kind === "ping") return ping(match.kind === "otherRepository" ? match.why : null);
    if (match.kind === "pullRequest") return this.#wakePlans(head, body, match);
    if (match.kind !== "followed") return { result: match.kind, why: match.why };
    const { source, announcements } = this.#deps;
    // Where polls did not show what was announced, a person may have it sent again.
    if (announcements.missing === null && this.#replays.has(head.id, body)) {
      return { result: "replayed", why: "seen before: the source was polled for it already" };
    }
    this.#replays.remember(head.id, body);
    announcements.announce(announcementOf(event));
    const { waitsUntil } = announcements;
    const when =
      waitsUntil === null ? "now" : `at ${waitsUntil}, since its server asked to wait until then`;
    return { result: "accepted", why: `about what source ${source} follows: it is polled ${when}` };
  }

  #wakePlans(
    head: DeliveryHead,
    body: Uint8Array,
    { number, why }: Extract<Match, { kind: "pullRequest" }>,
  ): WebhookAnswer {
    const wake = this.#deps.wakePlans?.() ?? null;
    if (wake === null) return { result: "ignored", why: `${why}, and no plans of them are made` };
    if (this.#replays.hasOrRemembers(head.id, body))
      return { result: "replayed", why: `seen before: ${why}` };
    wake(number);
    return { result: "pullRequest", why: `${why}: it is planned now` };
  }

  #refuse(
    head: DeliveryHead,
    refusal: {
      readonly result: "refused" | "noSecret";
      readonly why: string;
      readonly from: string;
    },
  ): WebhookAnswer {
    const { result, why } = refusal;
    this.#deps.refusals.refused(refusal);
    this.#note(head, { result, why, matchedSecret: null });
    return { result, why };
  }

  #note(
    { forge, event, id }: DeliveryHead,
    ended: WebhookAnswer & { readonly matchedSecret: SecretName | null },
  ): void {
    const { source, metrics, clock } = this.#deps;
    metrics.webhookReceived(source, ended.result);
    const time = toIso(clock.nowMs());
    this.#deliveries.note({ time, forge, event, deliveryId: id, ...ended });
  }
}

function announcementOf(event: WebhookEvent): Announcement {
  return event.kind === "ref"
    ? { commit: event.commit, before: event.before }
    : { commit: null, before: null };
}

function ping(otherRepository: string | null): WebhookAnswer {
  const why =
    otherRepository === null
      ? "works: the signature is right, and a push will be noticed at once"
      : `works, but is ${otherRepository}: its pushes will not be noticed`;
  return { result: "ping", why };
}
