import { once } from "node:events";
import { request } from "node:http";
import {
  giteaHeaders,
  githubHeaders,
  gitlabHeaders,
  pushBody,
  SECRET,
  SIGNING_TOKEN,
} from "../support/a-delivery.ts";
import type { Headers } from "../support/a-delivery.ts";
import type { RunGiven } from "./fault-case.ts";

/** A push that a forge announces. */
export interface Announced {
  readonly before: string;
  readonly after: string;
}

/** A delivery as it is sent, and sent again. */
export interface Sent {
  readonly headers: Headers;
  readonly body: string;
}

const FORGES = ["gitea", "github", "gitlab"] as const;

/** What the agent was told of the webhook of the story's source; the seed says which forge sends it. */
export function webhookSettings({ seed }: RunGiven): Record<string, string> {
  return { Git__Sources__0__Webhook__Secret: forgeOf(seed) === "gitlab" ? SIGNING_TOKEN : SECRET };
}

function forgeOf(seed: number): (typeof FORGES)[number] {
  return FORGES[(seed - 1) % FORGES.length] ?? "gitea";
}

/** A forge that sends deliveries of the story's source. */
export class WebhookSender {
  readonly #seed: number;
  readonly #url: () => string;
  #count = 0;

  constructor(seed: number, url: () => string) {
    this.#seed = seed;
    this.#url = url;
  }

  /** A delivery of its own id, signed. */
  sign({ before, after }: Announced): Sent {
    this.#count += 1;
    const body = pushBody({ before, after, repository: "specs" });
    const id = `delivery-${this.#count}`;
    switch (forgeOf(this.#seed)) {
      case "gitea":
        return { body, headers: giteaHeaders(body, { id }) };
      case "github":
        return { body, headers: githubHeaders(body, { id }) };
      case "gitlab":
        return { body, headers: gitlabHeaders(body, Date.now(), { id }) };
    }
  }

  /** As somebody sends it who does not know the secret. */
  forge(announced: Announced): Sent {
    const { body, headers } = this.sign(announced);
    return { body: `${body} `, headers };
  }

  /** The status of the answer; null: none came. */
  async post({ headers, body }: Sent): Promise<number | null> {
    const sent = request(`${this.#url()}/webhooks/specs`, {
      method: "POST",
      agent: false,
      headers: Object.fromEntries(headers),
    });
    sent.end(body);
    try {
      const [answer] = await once(sent, "response");
      answer.resume();
      return answer.statusCode ?? null;
    } catch {
      return null;
    }
  }

  announce(announced: Announced): Promise<number | null> {
    return this.post(this.sign(announced));
  }
}
