import { expect } from "chai";
import { verifySignature, type WebhookSecrets } from "../../../agent/forge/webhook-signature.ts";
import {
  aDelivery,
  giteaHeaders,
  githubHeaders,
  gitlabHeaders,
  hmacOf,
  pushBody,
  SECRET,
  SIGNING_TOKEN,
  type Headers,
} from "../../support/a-delivery.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const BODY = pushBody();
const current: WebhookSecrets = { current: SECRET, previous: null };
const rotated: WebhookSecrets = { current: "the new one", previous: SECRET };
const gitlab: WebhookSecrets = { current: SIGNING_TOKEN, previous: null };

const without = (headers: Headers, ...names: string[]) =>
  headers.filter(([name]) => !names.includes(name.toLowerCase()));
const changed = (headers: Headers, name: string, value: string): Headers =>
  headers.map(([each, old]) => [each, each.toLowerCase() === name ? value : old]);

interface Row {
  readonly name: string;
  readonly headers: Headers;
  readonly secrets?: WebhookSecrets;
  readonly body?: string | Uint8Array;
  readonly nowMs?: number;
  readonly want: "current" | "previous" | RegExp;
}

const rows: readonly Row[] = [
  { name: "Gitea", headers: giteaHeaders(BODY), want: "current" },
  { name: "GitHub", headers: githubHeaders(BODY), want: "current" },
  {
    name: "a program that signs as GitHub does",
    headers: [["X-Hub-Signature-256", `sha256=${hmacOf(BODY)}`]],
    want: "current",
  },
  {
    name: "GitLab's signing token",
    headers: gitlabHeaders(BODY, NOW),
    secrets: gitlab,
    want: "current",
  },
  { name: "GitLab's secret token", headers: [["X-Gitlab-Token", SECRET]], want: "current" },
  {
    name: "a body that is not UTF-8",
    headers: [["X-Gitea-Signature", hmacOf(Buffer.from([0xff, 0]))]],
    body: Buffer.from([0xff, 0]),
    want: "current",
  },
  {
    name: "the secret before, while it is rotated",
    headers: giteaHeaders(BODY),
    secrets: rotated,
    want: "previous",
  },
  {
    name: "the new secret, while it is rotated",
    headers: giteaHeaders(BODY, {}, "the new one"),
    secrets: rotated,
    want: "current",
  },
  {
    name: "GitLab's token before, while it is rotated",
    headers: [["X-Gitlab-Token", SECRET]],
    secrets: rotated,
    want: "previous",
  },
  {
    name: "GitLab's plain token before its signing token",
    headers: [["X-Gitlab-Token", SECRET]],
    secrets: { current: SIGNING_TOKEN, previous: SECRET },
    want: "previous",
  },
  {
    name: "one of several GitLab signatures",
    headers: changed(
      gitlabHeaders(BODY, NOW),
      "webhook-signature",
      `v1,${"A".repeat(43)}= ${gitlabHeaders(BODY, NOW).at(-1)?.[1]}`,
    ),
    secrets: gitlab,
    want: "current",
  },
  {
    name: "a GitLab clock 4 minutes ahead",
    headers: gitlabHeaders(BODY, NOW + 240_000),
    secrets: gitlab,
    want: "current",
  },

  {
    name: "no signature",
    headers: without(githubHeaders(BODY), "x-hub-signature-256"),
    want: /is not signed: set a secret/,
  },
  { name: "no header at all", headers: [], want: /is not signed/ },
  {
    name: "Gitea without a secret",
    headers: changed(giteaHeaders(BODY), "x-gitea-signature", ""),
    want: /x-gitea-signature is empty/,
  },
  { name: "an empty GitLab token", headers: [["X-Gitlab-Token", ""]], want: /is not signed/ },
  {
    name: "a SHA-1 signature alone",
    headers: [["X-Hub-Signature", `sha1=${"a".repeat(40)}`]],
    want: /is not signed/,
  },
  {
    name: "another secret",
    headers: giteaHeaders(BODY, {}, "guessed"),
    want: /is not of this secret/,
  },
  {
    name: "the secret before, without rotation",
    headers: giteaHeaders(BODY, {}, "the old one"),
    want: /is not of this secret/,
  },
  {
    name: "another GitLab token",
    headers: [["X-Gitlab-Token", `${SECRET} `]],
    want: /is not of this secret/,
  },
  {
    name: "another body",
    headers: giteaHeaders(BODY),
    body: `${BODY} `,
    want: /is not of this secret/,
  },
  {
    name: "the same JSON written again",
    headers: giteaHeaders(BODY),
    body: JSON.stringify(JSON.parse(BODY)),
    want: /is not of this secret/,
  },
  {
    name: "a signature cut short",
    headers: changed(
      githubHeaders(BODY),
      "x-hub-signature-256",
      `sha256=${hmacOf(BODY).slice(0, 62)}`,
    ),
    want: /holds no HMAC-SHA256/,
  },
  {
    name: "a signature in capitals",
    headers: changed(
      githubHeaders(BODY),
      "x-hub-signature-256",
      `sha256=${hmacOf(BODY).toUpperCase()}`,
    ),
    want: /holds no HMAC-SHA256/,
  },
  {
    name: "one right signature and one wrong",
    headers: changed(giteaHeaders(BODY), "x-hub-signature-256", `sha256=${"0".repeat(64)}`),
    want: /is not of this secret/,
  },
  {
    name: "two signatures of two secrets",
    headers: changed(
      giteaHeaders(BODY),
      "x-hub-signature-256",
      `sha256=${hmacOf(BODY, "the new one")}`,
    ),
    secrets: rotated,
    want: /is not of this secret/,
  },
  {
    name: "a doubled signature",
    headers: [...githubHeaders(BODY), ["x-hub-signature-256", `sha256=${hmacOf(BODY)}`]],
    want: /x-hub-signature-256 is there more than once/,
  },
  {
    name: "a doubled token",
    headers: [
      ["X-Gitlab-Token", SECRET],
      ["X-Gitlab-Token", SECRET],
    ],
    want: /more than once/,
  },
  {
    name: "a doubled GitLab id",
    headers: [...gitlabHeaders(BODY, NOW), ["webhook-id", "msg_1"]],
    secrets: gitlab,
    want: /webhook-id is there more than once/,
  },
  {
    name: "a wrong GitLab signature with the right token",
    headers: [
      ...changed(gitlabHeaders(BODY, NOW), "webhook-signature", `v1,${"A".repeat(43)}=`),
      ["X-Gitlab-Token", SIGNING_TOKEN],
    ],
    secrets: gitlab,
    want: /is not of this secret/,
  },
  {
    name: "a wrong HMAC with the right token",
    headers: [
      ...changed(githubHeaders(BODY), "x-hub-signature-256", `sha256=${"0".repeat(64)}`),
      ["X-Gitlab-Token", SECRET],
    ],
    want: /is not of this secret/,
  },
  {
    name: "a signing token where a plain secret is configured",
    headers: gitlabHeaders(BODY, NOW),
    want: /is not of this secret/,
  },
  {
    name: "GitLab without its id",
    headers: without(gitlabHeaders(BODY, NOW), "webhook-id"),
    secrets: gitlab,
    want: /webhook-id is missing/,
  },
  {
    name: "another GitLab id",
    headers: changed(gitlabHeaders(BODY, NOW), "webhook-id", "msg_2"),
    secrets: gitlab,
    want: /is not of this secret/,
  },
  {
    name: "GitLab without its timestamp",
    headers: without(gitlabHeaders(BODY, NOW), "webhook-timestamp"),
    secrets: gitlab,
    want: /holds no Unix time/,
  },
  {
    name: "another GitLab timestamp",
    headers: changed(gitlabHeaders(BODY, NOW), "webhook-timestamp", String(NOW / 1000 + 1)),
    secrets: gitlab,
    want: /is not of this secret/,
  },
  {
    name: "an old GitLab delivery",
    headers: gitlabHeaders(BODY, NOW - 301_000),
    secrets: gitlab,
    want: /301 seconds from this machine's time/,
  },
  {
    name: "a GitLab delivery of the future",
    headers: gitlabHeaders(BODY, NOW + 301_000),
    secrets: gitlab,
    want: /301 seconds/,
  },
  {
    name: "a GitLab signature of another version",
    headers: changed(gitlabHeaders(BODY, NOW), "webhook-signature", "v2,abc"),
    secrets: gitlab,
    want: /no v1 signature/,
  },
  {
    name: "a signing token without a key",
    headers: gitlabHeaders(BODY, NOW, { token: "whsec_" }),
    secrets: { current: "whsec_", previous: null },
    want: /is not of this secret/,
  },
];

describe("verifySignature", () => {
  for (const { name, headers, secrets = current, body = BODY, want } of rows) {
    const isGood = typeof want === "string";
    it(`${isGood ? "accepts" : "refuses"} ${name}`, () => {
      const verdict = verifySignature(aDelivery(headers, body), secrets, NOW);
      if (isGood) expect(verdict).to.deep.equal({ kind: "valid", secret: want });
      else {
        expect(verdict.kind).to.equal("refused");
        expect(verdict.kind === "refused" && verdict.why).to.match(want);
      }
    });
  }

  it("shows neither secret nor signature in a refusal", () => {
    for (const { headers, secrets = current, body = BODY } of rows) {
      const verdict = verifySignature(aDelivery(headers, body), secrets, NOW);
      const shown = JSON.stringify(verdict);
      for (const secret of [SECRET, SIGNING_TOKEN, hmacOf(BODY)])
        expect(shown).not.to.include(secret);
    }
  });
});
