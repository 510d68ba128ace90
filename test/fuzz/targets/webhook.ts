import { createHmac } from "node:crypto";
import { readEvent, readHead } from "../../../agent/forge/webhook-event.ts";
import { matchEvent } from "../../../agent/forge/webhook-match.ts";
import { verifySignature } from "../../../agent/forge/webhook-signature.ts";
import {
  aDelivery,
  giteaHeaders,
  githubHeaders,
  gitlabHeaders,
  pushBody,
  SECRET,
  SIGNING_TOKEN,
  type Headers,
} from "../../support/a-delivery.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";

export const NOW = Date.parse("2026-01-01T00:00:00Z");
export const BODY = pushBody();
export const FOLLOWED = {
  url: "https://git.test/ops/specs.git",
  ref: { kind: "branch", name: "main" },
} as const;

const written = (headers: Headers, body: string) =>
  textBytes(`${headers.map(([name, value]) => `${name}: ${value}\n`).join("")}\n${body}`);

/** The lines up to an empty one are headers; what comes after it is the body. */
function readDelivery(input: Uint8Array) {
  const bytes = Buffer.from(input);
  const end = bytes.indexOf("\n\n");
  const head = bytes.subarray(0, end === -1 ? bytes.length : end).toString("latin1");
  const headers = head.split("\n").flatMap((line): Headers => {
    const [, name, value] = /^([\w-]+): ?(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? ""]];
  });
  return { headers, body: end === -1 ? Buffer.alloc(0) : bytes.subarray(end + 2) };
}

/** Whether one of the secrets, or a signature by one over this body, is in a header. */
function isSigned(headers: Headers, body: Uint8Array): boolean {
  const of = (name: string) => headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "";
  const hex = createHmac("sha256", SECRET).update(body).digest("hex");
  const key = Buffer.from(SIGNING_TOKEN.slice("whsec_".length), "base64");
  const signed = `${of("webhook-id")}.${of("webhook-timestamp")}.`;
  const base64 = createHmac("sha256", key).update(signed).update(body).digest("base64");
  return headers.some(
    ([, value]) =>
      [SECRET, SIGNING_TOKEN].includes(value) || value.includes(hex) || value.includes(base64),
  );
}

/** What a forge sends: signatures in headers, and a body that is read once they are verified. */
export const webhook: FuzzTarget = {
  name: "webhook",
  what: "headers and body of a webhook delivery",
  maxBytes: 8192,
  seeds: [
    written(giteaHeaders(BODY), BODY),
    written(githubHeaders(BODY), BODY),
    written(gitlabHeaders(BODY, NOW), BODY),
    written([["X-Gitlab-Token", SECRET]], "{}"),
    written(giteaHeaders(BODY, { event: "delete" }), '{"ref": "main", "ref_type": "branch"}'),
  ],
  words: [
    "X-Gitea-Signature: ",
    "X-Hub-Signature-256: sha256=",
    "webhook-signature: v1,",
    "webhook-timestamp: ",
    "X-Gitlab-Token: ",
    "X-Gitlab-Event: Tag Push Hook",
    "X-GitHub-Event: ping",
    "refs/heads/",
    "refs/tags/",
    '"ref"',
    '"ref_type"',
    '"before"',
    '"after"',
    '"repository"',
    '"full_name"',
    '"project"',
    "0".repeat(40),
    "a".repeat(64),
    "null",
    "__proto__",
    "\n\n",
    "{",
    "[",
  ],
  run: (input) => {
    const { headers, body } = readDelivery(input);
    const delivery = aDelivery(headers, body);
    const secrets = { current: SECRET, previous: SIGNING_TOKEN };
    const verdict = verifySignature(delivery, secrets, NOW);
    const isValid = verdict.kind === "valid";
    mustHold(!isValid || isSigned(headers, body), "only what a secret signed is valid");
    const event = readEvent(readHead(delivery), body);
    const shown = JSON.stringify([verdict, event]);
    mustHold(!shown.includes(SECRET) && !shown.includes(SIGNING_TOKEN), "no secret is shown");
    const ended = event.kind === "invalid" ? shapeOf(event.why) : matchEvent(event, FOLLOWED).kind;
    return `${isValid ? verdict.secret : shapeOf(verdict.why)} ${event.kind} ${ended}`;
  },
};
