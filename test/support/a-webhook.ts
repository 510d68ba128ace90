import type { WebhookConfig } from "../../agent/config/config.ts";
import { Secret } from "../../agent/kernel/secret.ts";
import { RefusalWatch } from "../../agent/trigger/webhook/refusal-watch.ts";
import type { Announcement, MissingCommit } from "../../agent/trigger/webhook/announcements.ts";
import {
  WebhookReceiver,
  type ReceivedDelivery,
  type WebhookReceiverDeps,
} from "../../agent/trigger/webhook/webhook-receiver.ts";
import { LiveWarnings } from "../../agent/trigger/live-warnings.ts";
import { WebhookSecretFiles } from "../../agent/trigger/webhook/webhook-secrets.ts";
import { aDelivery, SECRET, type Headers } from "./a-delivery.ts";
import { aTrail } from "./a-trail.ts";
import { FakeClock } from "./fake-clock.ts";

export const secretOf = (text: string) => ({ kind: "value", secret: new Secret(text) }) as const;

/** The webhook of a source `specs` that follows `main` of `ops/specs`, and everything that it reports. */
export function aWebhook({
  wakePlans,
  ...webhook
}: Partial<WebhookConfig> & Pick<WebhookReceiverDeps, "wakePlans"> = {}) {
  const clock = new FakeClock();
  const announced: Announcement[] = [];
  const counted: string[] = [];
  const audited: { action: string; metadata: object }[] = [];
  const logged: { level: string; message: string; fields: object }[] = [];
  const noteLine = (level: string) => (fields: object, message: string) => {
    logged.push({ level, message, fields });
  };
  const log = { info: noteLine("info"), warn: noteLine("warn") } as never;
  const store = {
    write: async (changes: readonly { record?: { action: string; metadata: object } }[]) => {
      for (const { record } of changes) if (record !== undefined) audited.push(record);
    },
  } as never;
  const source = "specs";
  const state: { missing: MissingCommit | null; waitsUntil: string | null } = {
    missing: null,
    waitsUntil: null,
  };
  const metrics = { setLiveWarning: () => undefined };
  const warnings = new LiveWarnings({ source, store, trail: aTrail(), clock, log, metrics });
  const receiver = new WebhookReceiver({
    source,
    followed: { url: "https://git.test/ops/specs.git", ref: { kind: "branch", name: "main" } },
    secrets: new WebhookSecretFiles({
      webhook: { secret: secretOf(SECRET), previous: null, ...webhook },
      warnings,
      clock,
    }),
    announcements: {
      announce: (announcement) => announced.push(announcement),
      get missing() {
        return state.missing;
      },
      get waitsUntil() {
        return state.waitsUntil;
      },
      intervalMs: 10_000,
    },
    refusals: new RefusalWatch({ source, store, trail: aTrail(), clock, log }),
    metrics: { webhookReceived: (name, result) => counted.push(`${name} ${result}`) },
    ...(wakePlans === undefined ? {} : { wakePlans }),
    log,
    clock,
  });
  return { state, receiver, warnings, clock, announced, counted, audited, logged };
}

export function received(headers: Headers, body: string | Uint8Array): ReceivedDelivery {
  return { ...aDelivery(headers, body), from: "127.0.0.1", correlationId: "c-1" };
}
