import { createHmac } from "node:crypto";
import { readEvent, readHead } from "../../../agent/forge/webhook-event.ts";
import type { WebhookEvent } from "../../../agent/forge/webhook-event.ts";
import { matchEvent } from "../../../agent/forge/webhook-match.ts";
import { verifySignature } from "../../../agent/forge/webhook-signature.ts";
import {
  aDelivery,
  giteaHeaders,
  githubHeaders,
  gitlabHeaders,
  SECRET,
  SIGNING_TOKEN,
  type Headers,
} from "../../support/a-delivery.ts";
import { BODY, FOLLOWED, NOW } from "./webhook.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";

/** What each kind of forge calls its events. */
const HEADS: readonly Headers[] = [
  ...["push", "create", "delete", "issues"].map((name): Headers => [["X-Gitea-Event", name]]),
  ...["push", "create", "delete", "ping"].map((name): Headers => [["X-GitHub-Event", name]]),
  ...["Push Hook", "Tag Push Hook", "Job Hook"].map((name): Headers => [["X-Gitlab-Event", name]]),
  [],
];

const GITLAB_BODY = JSON.stringify({
  object_kind: "push",
  before: "1".repeat(40),
  after: "2".repeat(40),
  ref: "refs/heads/main",
  project: { path_with_namespace: "ops/specs" },
});

/** The body of a delivery whose signature is right; its first byte says of which event of which forge. */
export const webhookBody: FuzzTarget = {
  name: "webhook-body",
  what: "the body of a verified webhook delivery",
  maxBytes: 4096,
  seeds: HEADS.flatMap((_, at) =>
    [BODY, GITLAB_BODY, '{"ref": "main", "ref_type": "branch"}', "{}"].map((body) =>
      Buffer.concat([Buffer.from([at]), textBytes(body)]),
    ),
  ),
  words: [
    '"ref"',
    '"ref_type"',
    '"before"',
    '"after"',
    '"repository"',
    '"full_name"',
    '"project"',
    '"path_with_namespace"',
    '"__proto__"',
    '"constructor"',
    "null",
    "[]",
    "{}",
    "1e999",
    '"refs/heads/main"',
    '"refs/tags/v1"',
    '"ops/specs"',
    "\\u0000",
    "\\ud800",
    "\ufeff",
    "0".repeat(40),
    "a".repeat(64),
    "[".repeat(64),
    ",",
  ],
  run: (input) => {
    const [kind = 0, ...bytes] = input;
    const body = Buffer.from(bytes);
    const event = readEvent(readHead(aDelivery(HEADS[kind % HEADS.length] ?? [], body)), body);
    promise(event, parsed(body));
    if (event.kind === "invalid") return `invalid ${shapeOf(event.why)}`;
    const match = matchEvent(event, FOLLOWED);
    if (match.kind !== "followed") isShort(match.why);
    const isMain = event.kind !== "ref" || event.ref.name === "main";
    mustHold(match.kind !== "followed" || isMain, "what is followed is what is polled for");
    return `${kind % HEADS.length} ${event.kind} ${match.kind}`;
  },
};

/** Whatever is reported stands in the body. */
function promise(event: WebhookEvent, payload: Record<string, unknown> | null): void {
  if (event.kind === "invalid") {
    isShort(event.why);
    return;
  }
  mustHold(payload !== null, "what is no JSON object reports nothing");
  if (event.kind !== "ref") return;
  const { commit, before, ref } = event;
  mustHold(commit === null || commit === payload?.["after"], "a commit stands in the body");
  mustHold(before === null || before === payload?.["before"], "the one before, too");
  mustHold(commit === null || !/^0+$/.test(commit), "zeros are no commit");
  mustHold(String(payload?.["ref"]).endsWith(ref.name), "a ref stands in the body");
}

function isShort(why: string): void {
  mustHold(why.length < 2000 && !/\p{Cc}/u.test(why), "a reason is short and fit to be shown");
}

function parsed(body: Uint8Array): Record<string, unknown> | null {
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const written = (headers: Headers) =>
  textBytes(headers.map(([name, value]) => `${name}: ${value}\n`).join(""));

/** The headers of a delivery whose body is always the same. */
export const webhookSignature: FuzzTarget = {
  name: "webhook-signature",
  what: "signature headers of a webhook delivery",
  maxBytes: 4096,
  seeds: [
    giteaHeaders(BODY),
    giteaHeaders(BODY, {}, SIGNING_TOKEN),
    githubHeaders(BODY),
    gitlabHeaders(BODY, NOW),
    [["X-Gitlab-Token", SECRET] as const],
    [...githubHeaders(BODY), ...gitlabHeaders(BODY, NOW)],
  ].map(written),
  words: [
    "X-Gitea-Signature: ",
    "X-Hub-Signature-256: ",
    "sha256=",
    "webhook-signature: ",
    "v1,",
    " v1,",
    "webhook-id: ",
    "webhook-timestamp: ",
    String(NOW / 1000),
    "X-Gitlab-Token: ",
    SECRET,
    hmac(SECRET),
    hmac(SIGNING_TOKEN),
    "a".repeat(64),
    "\n",
  ],
  run: (input) => {
    const lines = Buffer.from(input).toString("latin1").split("\n");
    const headers = lines.flatMap((line): Headers => {
      const [, name, value = ""] = /^([\w-]+): ?(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name.toLowerCase(), value]];
    });
    const secrets = { current: SECRET, previous: SIGNING_TOKEN };
    const verdict = verifySignature(aDelivery(headers, BODY), secrets, NOW);
    if (verdict.kind === "refused") {
      isShort(verdict.why);
      const shows = [SECRET, SIGNING_TOKEN, hmac(SECRET)].some((each) =>
        verdict.why.includes(each),
      );
      mustHold(!shows, "no secret and no signature is shown");
      return shapeOf(verdict.why);
    }
    const secret = secrets[verdict.secret];
    mustHold(isSignedBy(secret, headers), `every signature is of the ${verdict.secret} secret`);
    return `${verdict.secret} ${headers.length}`;
  },
};

function hmac(secret: string): string {
  return createHmac("sha256", secret).update(BODY).digest("hex");
}

/** Whether all that signs is there once and made by this secret, by another reading than that of the agent. */
function isSignedBy(secret: string, headers: Headers): boolean {
  const of = (name: string) => headers.filter(([each]) => each === name).map(([, value]) => value);
  const hex = [...of("x-gitea-signature"), ...of("x-hub-signature-256")];
  const names = ["x-gitea-signature", "x-hub-signature-256", "webhook-signature"];
  if (names.some((name) => of(name).length > 1)) return false;
  if (hex.some((value) => value.replace(/^sha256=/, "") !== hmac(secret))) return false;
  const [gitlab] = of("webhook-signature");
  if (gitlab !== undefined) {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const signed = `${of("webhook-id")[0]}.${of("webhook-timestamp")[0]}.${BODY}`;
    return gitlab.includes(createHmac("sha256", key).update(signed).digest("base64"));
  }
  return hex.length > 0 || of("x-gitlab-token")[0] === secret;
}
