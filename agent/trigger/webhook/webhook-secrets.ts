import type { WebhookConfig } from "../../config/config.ts";
import { readCredential } from "../../config/credential.ts";
import type { WebhookSecrets } from "../../forge/webhook-signature.ts";
import type { Clock } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { LiveWarnings } from "../live-warnings.ts";

export type SecretReading =
  /** `previousProblem`: why the previous secret cannot be read; null: it was, or there is none. */
  | (WebhookSecrets & { readonly kind: "read"; readonly previousProblem: string | null })
  | { readonly kind: "unreadable"; readonly why: string };

interface WebhookSecretFilesDeps {
  readonly webhook: WebhookConfig;
  readonly warnings: Pick<LiveWarnings, "raise" | "end">;
  readonly clock: Pick<Clock, "sleep">;
}

/** How long a delivery waits for its secret, ms. */
const LONGEST_MS = 5_000;

/** The secrets of a webhook. While one cannot be read, the source has the warning `WebhookSecretUnreadable`. */
export class WebhookSecretFiles {
  readonly #deps: WebhookSecretFilesDeps;
  /** One reading at a time: a file system that hangs cannot be interrupted, and each call would hold a thread. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: WebhookSecretFilesDeps) {
    this.#deps = deps;
  }

  /** As they are now: files are read again after each call. */
  async read(): Promise<SecretReading> {
    const { clock, warnings } = this.#deps;
    const ended = new AbortController();
    const mine = this.#last.then(() => (ended.signal.aborted ? TOO_LATE : this.#read()));
    this.#last = mine.catch(() => undefined);
    const late = clock.sleep(LONGEST_MS, ended.signal).then(
      () => TOO_LATE,
      () => TOO_LATE,
    );
    try {
      const reading = await Promise.race([mine, late]);
      const problem = problemOf(reading);
      if (problem === null) warnings.end("WebhookSecretUnreadable");
      else warnings.raise("WebhookSecretUnreadable", problem);
      return reading;
    } finally {
      ended.abort();
    }
  }

  async #read(): Promise<SecretReading> {
    const { secret, previous } = this.#deps.webhook;
    const current = await readSecret(secret);
    if (current.secret === null) return { kind: "unreadable", why: current.problem };
    const before = previous === null ? null : await readSecret(previous);
    return {
      kind: "read",
      current: current.secret,
      previous: before?.secret ?? null,
      previousProblem: before?.problem ?? null,
    };
  }
}

const TOO_LATE: SecretReading = {
  kind: "unreadable",
  why: `The file of the secret could not be read within ${LONGEST_MS / 1000} s. Look at its file system.`,
};

type OneReading =
  | { readonly secret: string; readonly problem: null }
  | { readonly secret: null; readonly problem: string };

async function readSecret(credential: WebhookConfig["secret"]): Promise<OneReading> {
  try {
    return { secret: (await readCredential(credential)).reveal(), problem: null };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { secret: null, problem: error.message };
  }
}

function problemOf(reading: SecretReading): string | null {
  if (reading.kind === "unreadable")
    return `no delivery of the webhook can be verified, so each is refused: ${reading.why}`;
  const { previousProblem } = reading;
  if (previousProblem === null) return null;
  return `deliveries that the previous secret signed are refused: ${previousProblem}`;
}
