import { createHmac } from "node:crypto";
import type { RawDelivery } from "../../agent/forge/webhook-signature.ts";

/** Of the forges that sign, in the shape they send. */
export const SECRET = "a secret of the webhook";
export const SIGNING_TOKEN = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;

export type Headers = readonly (readonly [name: string, value: string])[];

/** A delivery with these headers, which may come several times. */
export function aDelivery(headers: Headers, body: string | Uint8Array): RawDelivery {
  const all = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    values: (name) => all.filter(([each]) => each === name).map(([, value]) => value),
    body: Buffer.from(body),
  };
}

export function hmacOf(body: string | Uint8Array, secret: string | Buffer = SECRET): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

export interface Push {
  readonly ref?: string;
  readonly before?: string;
  readonly after?: string;
  readonly repository?: string;
  readonly id?: string;
  readonly event?: string;
}

/** Bodies are indented as Gitea does: who writes JSON again signs other bytes. */
export function pushBody({
  ref = "refs/heads/main",
  before = "1".repeat(40),
  after = "2".repeat(40),
  repository = "ops/specs",
}: Push = {}): string {
  const pushed = {
    ref,
    before,
    after,
    total_commits: 1,
    repository: { id: 7, full_name: repository },
  };
  return JSON.stringify(pushed, null, 2);
}

/** The headers of Gitea 1.26, which sends those of GitHub and Gogs too. */
export function giteaHeaders(body: string, push: Push = {}, secret = SECRET): Headers {
  const { id = "070942f7-dcfa-4295-be77-d15965edc022", event = "push" } = push;
  const hex = hmacOf(body, secret);
  return [
    ["User-Agent", "Go-http-client/1.1"],
    ["Content-Type", "application/json"],
    ["X-GitHub-Delivery", id],
    ["X-GitHub-Event", event],
    ["X-GitHub-Event-Type", event],
    ["X-Gitea-Delivery", id],
    ["X-Gitea-Event", event],
    ["X-Gitea-Event-Type", event],
    ["X-Gitea-Signature", hex],
    ["X-Gogs-Delivery", id],
    ["X-Gogs-Event", event],
    ["X-Gogs-Signature", hex],
    ["X-Hub-Signature", `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`],
    ["X-Hub-Signature-256", `sha256=${hex}`],
  ];
}

export function githubHeaders(
  body: string,
  { id = "72d3162e", event = "push" }: Push = {},
): Headers {
  return [
    ["Content-Type", "application/json"],
    ["X-GitHub-Delivery", id],
    ["X-GitHub-Event", event],
    ["X-Hub-Signature-256", `sha256=${hmacOf(body)}`],
  ];
}

/** Signed by GitLab's signing token at a time (ms). */
export function gitlabHeaders(
  body: string,
  nowMs: number,
  { token = SIGNING_TOKEN, id = "msg_1" } = {},
): Headers {
  const timestamp = String(Math.floor(nowMs / 1000));
  const key = Buffer.from(token.slice("whsec_".length), "base64");
  const made = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return [
    ["Content-Type", "application/json"],
    ["X-Gitlab-Event", "Push Hook"],
    ["webhook-id", id],
    ["webhook-timestamp", timestamp],
    ["webhook-signature", `v1,${made}`],
  ];
}
