import { z } from "zod";
import { labelsNamed } from "../labels-named.ts";
import { FORGE_LIMITS } from "../forge-limits.ts";
import type { ForgeAnswer, HistoryEvent, LabelHistory, Labels } from "../forge.ts";
import { listOf, NEEDS } from "./gitea-caller.ts";
import type { GiteaCaller } from "./gitea-caller.ts";
import { eventSchema, labelSchema, personSchema } from "./gitea-schema.ts";

/**
 * Empty pages after which the history of a pull request that was not merged counts as read. Comments on code make empty pages, and
 * nothing says where the end is: nothing is confirmed by the history of such a one.
 */
const EMPTY_PAGES = 10;

const rightSchema = z.object({ permission: z.string(), user: z.nullable(personSchema) });

const WRITING: ReadonlySet<string> = new Set(["write", "admin", "owner"]);

export function giteaLabels(caller: GiteaCaller): Labels {
  return {
    named: async (names, signal) => {
      const answer = await caller.all(
        {
          path: caller.path("labels"),
          what: "the labels",
          needs: NEEDS.issue,
          schema: listOf(labelSchema),
        },
        FORGE_LIMITS.pages,
        signal,
      );
      return labelsNamed(names, answer, caller.repository);
    },

    history: async (number, signal) => readHistory(caller, number, signal),

    mayWrite: async (person, signal) => {
      // Only an administrator may ask for the right of somebody else.
      const right = await caller.ask(
        {
          path: caller.path("collaborators", person.login, "permission"),
          what: `the right of ${person.login}`,
          needs: NEEDS.repository,
          schema: rightSchema,
          means: new Map([[403, null]]),
        },
        signal,
      );
      if (right.kind === "ok" && right.value !== null) {
        const { permission, user } = right.value;
        return { kind: "ok", value: user?.id === person.id && WRITING.has(permission) };
      }
      if (right.kind === "failed" && right.reason !== "ForgeNotFound") return right;
      const assignees = await caller.ask(
        {
          path: caller.path("assignees"),
          what: "who may write",
          needs: NEEDS.repository,
          schema: listOf(personSchema),
        },
        signal,
      );
      if (assignees.kind === "failed") return assignees;
      return { kind: "ok", value: assignees.value.some(({ id }) => id === person.id) };
    },
  };
}

async function readHistory(
  caller: GiteaCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<LabelHistory>> {
  const events: HistoryEvent[] = [];
  let emptyPages = 0;
  let most: ForgeAnswer<number> | null = null;
  for (let page = 1; page <= FORGE_LIMITS.pages; page += 1) {
    const answer = await caller.page(timelineCall(caller, number), page, signal);
    if (answer.kind === "failed") return answer;
    for (const raw of answer.value) {
      const event = toEvent(raw);
      if (event === null) continue;
      events.push(event);
      // What comes after the merge changes nothing of what was merged.
      if (event.kind === "merge") return { kind: "ok", value: { events, isWhole: true } };
    }
    emptyPages = answer.value.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages === 0) continue;
    const end: ForgeAnswer<number> = most ?? (await endOf(caller, number, signal));
    if (end.kind === "failed") return end;
    most = end;
    if (emptyPages >= end.value) return { kind: "ok", value: { events, isWhole: true } };
  }
  return { kind: "ok", value: { events, isWhole: false } };
}

/** How many reviews there are; a Gitea that was built in one of two ways leaves out a zero. */
const stateSchema = z.object({ merged: z.boolean(), review_comments: z.int().default(0) });

/** How many empty pages are the end: of a merged one no number of them, because its end is the merge. */
async function endOf(
  caller: GiteaCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<number>> {
  const answer = await caller.ask(
    {
      path: caller.path("pulls", number),
      what: `pull request ${number}`,
      needs: NEEDS.repository,
      schema: stateSchema,
    },
    signal,
  );
  if (answer.kind === "failed") return answer;
  const { merged, review_comments: reviews } = answer.value;
  if (merged) return { kind: "ok", value: Number.POSITIVE_INFINITY };
  return { kind: "ok", value: reviews === 0 ? 1 : EMPTY_PAGES };
}

function timelineCall(caller: GiteaCaller, number: number) {
  return {
    path: caller.path("issues", number, "timeline"),
    what: `the history of pull request ${number}`,
    needs: NEEDS.issue,
    schema: listOf(eventSchema),
  };
}

const KINDS: ReadonlyMap<string, "push" | "retarget" | "close" | "reopen" | "merge"> = new Map([
  ["pull_push", "push"],
  ["change_target_branch", "retarget"],
  ["close", "close"],
  ["reopen", "reopen"],
  ["merge_pull", "merge"],
]);

/** Null: nothing that counts. */
function toEvent({
  id,
  type,
  body,
  user,
  label,
}: z.infer<typeof eventSchema>): HistoryEvent | null {
  if (type === "label") {
    // Of a label that was deleted nothing is left that could be compared.
    if (label === null) return null;
    const kind = body === "1" ? "labelAdded" : "labelRemoved";
    return { kind, label, person: user ?? GONE, position: id };
  }
  const kind = KINDS.get(type);
  return kind === undefined ? null : { kind, person: user };
}

/** As Gitea writes a person that was deleted. */
const GONE = { id: "-1", login: "Ghost" } as const;
