import { type Clock, toIso } from "../kernel/clock.ts";
import type { DeliveryResultLabel } from "../telemetry/labels.ts";
import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { Operator } from "./operator.ts";
import { ProblemError, type ProblemCode } from "./problem.ts";
import { unknownWebhook } from "./webhook-gate.ts";

interface WebhookDeps {
  readonly operator: Pick<Operator, "webhookOf">;
  readonly clock: Pick<Clock, "nowMs">;
}

/** What a delivery is answered by what came of it: a status, or a problem. */
const ANSWERS: Readonly<Record<DeliveryResultLabel, 200 | 202 | ProblemCode>> = {
  accepted: 202,
  pullRequest: 202,
  otherRepository: 202,
  otherRef: 202,
  ignored: 202,
  ping: 200,
  replayed: 200,
  invalid: "InvalidBody",
  refused: "WebhookRefused",
  noSecret: "WebhookUnavailable",
  unreadable: "InvalidRequest",
  limited: "TooManyRequests",
};

/** The webhook of each source that has a secret, and what came in by it. */
export function webhookRoutes({
  operator,
  clock,
}: WebhookDeps): Pick<Handlers, "webhook" | "deliveries"> {
  return {
    webhook: async ({ param, headerValues, body, from, correlationId }) => {
      const source = param("source");
      const webhook = operator.webhookOf(source);
      if (webhook === null) throw unknownWebhook();
      const delivery = { values: headerValues, body, from, correlationId };
      const { result, why } = await webhook.receive(delivery);
      const answer = ANSWERS[result];
      if (typeof answer === "string") {
        // The reason names files of this machine.
        const shown =
          result === "noSecret"
            ? "the secret of this webhook cannot be read: the agent's log says why"
            : why;
        throw new ProblemError(answer, shown);
      }
      return jsonAnswer(answer, { success: true, source, result, why, correlationId });
    },
    deliveries: async ({ param }) => {
      const source = param("source");
      const webhook = operator.webhookOf(source);
      if (webhook === null) throw unknownWebhook();
      const { deliveries, count } = webhook;
      const timestamp = toIso(clock.nowMs());
      return jsonAnswer(200, { source, deliveries, deliveryCount: count, timestamp });
    },
  };
}
