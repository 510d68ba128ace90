import type { z } from "zod";
import type { Asked } from "../../../agent/forge/forge-failure.ts";
import type { ForgeAnswer } from "../../../agent/forge/forge.ts";
import { listOf } from "../../../agent/forge/gitea/gitea-caller.ts";
import { readGitea } from "../../../agent/forge/gitea/gitea-read.ts";
import type { Read } from "../../../agent/forge/gitea/gitea-read.ts";
import {
  combinedStatusSchema,
  commentSchema,
  eventSchema,
  fileSchema,
  labelSchema,
  pullRequestSchema,
} from "../../../agent/forge/gitea/gitea-schema.ts";
import { isObjectId } from "../../../agent/forge/object-id.ts";
import { isUnsafe } from "../../../agent/kernel/quoted.ts";
import { mustHold, textBytes, type FuzzTarget } from "../fuzz-target.ts";

const ASKED: Asked = { what: "w", needs: "the scope s", host: "h", forge: "Gitea" };

type Reader = (answer: Parameters<typeof readGitea>[1]) => ForgeAnswer<Read<unknown>>;

const of =
  (schema: z.ZodType): Reader =>
  (answer) =>
    readGitea(schema, answer, { asked: ASKED, nowMs: 0 });

const pull = pullRequestSchema("ada/specs");

const READERS: readonly Reader[] = [
  of(pull.nullable()),
  of(listOf(pull)),
  of(listOf(labelSchema)),
  of(listOf(eventSchema)),
  of(listOf(commentSchema)),
  of(listOf(fileSchema)),
  of(combinedStatusSchema),
];

const STATUSES = [200, 201, 204, 301, 401, 403, 404, 409, 423, 429, 500, 503];

const SHA = "1".repeat(40);
const USER = { id: 2, login: "ada" };
const LABEL = { id: 1, name: "confirm" };
const PULL = {
  number: 1,
  title: "t",
  html_url: "u",
  user: USER,
  state: "closed",
  draft: false,
  labels: [LABEL],
  merged: true,
  merge_commit_sha: SHA,
  base: { ref: "main", repo_id: 1, repo: { full_name: "ada/specs" } },
  head: { sha: SHA, repo_id: -1 },
};
const EVENT = { id: 3, type: "label", body: "1", user: USER, label: LABEL };
const STATUS = { id: 4, status: "success", context: "c", description: "d", target_url: "" };
const BODIES: readonly unknown[] = [
  PULL,
  [PULL],
  [LABEL],
  [EVENT],
  [{ id: 5, user: USER, body: "b" }],
  [{ filename: "a", previous_filename: "b" }],
  { statuses: [STATUS], total_count: 1 },
  null,
  { message: "m", url: "u", errors: null },
];

/** The first byte says what was asked, the second the status of the answer; the rest is its body. */
export const giteaAnswers: FuzzTarget = {
  name: "gitea-answers",
  what: "an answer of a Gitea",
  maxBytes: 4096,
  seeds: BODIES.flatMap((body, at) =>
    [0, 5].map((status) =>
      Buffer.concat([Buffer.from([at % READERS.length, status]), textBytes(JSON.stringify(body))]),
    ),
  ),
  words: [
    ...Object.keys({ ...PULL, ...EVENT, ...STATUS }).map((name) => JSON.stringify(name)),
    `"${SHA}"`,
    "null",
    "[]",
    "{}",
    "-1",
    "1e999",
    "9007199254740993",
    '"__proto__"',
    '"message"',
    '"\\u202e"',
  ],
  run: (input) => {
    const [which = 0, kind = 0] = input;
    const status = STATUSES[kind % STATUSES.length] ?? 200;
    const reader = READERS[which % READERS.length] ?? READERS[0];
    const answer = reader?.({
      kind: "answer",
      status,
      headers: { "content-type": "application/json", "x-total-count": String(kind) },
      body: input.subarray(2),
      redact: (text) => text,
    });
    if (answer === undefined) return "none";
    if (answer.kind === "failed") {
      mustHold(!isUnsafe(answer.message), "a message is safe in a line");
      mustHold(answer.message.length < 1500, "a message is short");
      mustHold(status > 299 || answer.reason === "ForgeAnswerInvalid", "a success is no refusal");
      return `${which % READERS.length} ${answer.reason}`;
    }
    mustHold(status < 300, "a refusal is no answer");
    const { value } = answer.value;
    for (const each of [value].flat()) mustHold(isSound(each), "what is read is what was promised");
    return `${which % READERS.length} ok ${Array.isArray(value) ? Math.min(value.length, 3) : ""}`;
  },
};

/** A pull request that counts as merged has the commit that it was merged as. */
function isSound(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("mergeSha" in value)) return true;
  const { mergeSha } = value;
  const isMerged = "state" in value && value.state === "merged";
  return isMerged ? typeof mergeSha === "string" && isObjectId(mergeSha) : mergeSha === null;
}
