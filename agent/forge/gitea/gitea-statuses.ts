import type { z } from "zod";
import { FORGE_LIMITS } from "../forge-limits.ts";
import type { CommitState, CommitStatus, Statuses } from "../forge.ts";
import { assertObjectId } from "../object-id.ts";
import { statusDescription } from "../status-description.ts";
import { NEEDS } from "./gitea-caller.ts";
import type { GiteaCaller } from "./gitea-caller.ts";
import { combinedStatusSchema, writtenStatusSchema } from "./gitea-schema.ts";
import type { statusSchema } from "./gitea-schema.ts";

const PER_PAGE = 50;

export function giteaStatuses(caller: GiteaCaller): Statuses {
  return {
    latest: async (sha, context, signal) => {
      assertObjectId(sha);
      let newest: z.infer<typeof statusSchema> | null = null;
      for (let page = 1; page <= FORGE_LIMITS.pages; page += 1) {
        const answer = await caller.ask(
          {
            path: caller.path("commits", sha, "status"),
            query: { limit: String(PER_PAGE), page: String(page) },
            what: `the statuses of ${sha}`,
            needs: NEEDS.repository,
            schema: combinedStatusSchema,
            means: new Map([[404, null]]),
          },
          signal,
        );
        if (answer.kind === "failed") return answer;
        const statuses = answer.value?.statuses ?? [];
        // The list is not in the order of writing: the highest id is the newest.
        for (const each of statuses) {
          if (each.context === context && each.id > (newest?.id ?? -1)) newest = each;
        }
        const isLast = statuses.length === 0 || page * PER_PAGE >= (answer.value?.total_count ?? 0);
        if (isLast || newest !== null) break;
      }
      return { kind: "ok", value: newest === null ? null : toStatus(newest) };
    },

    set: async (sha, status, signal) => {
      assertObjectId(sha);
      const { context, state, description, targetUrl } = status;
      const answer = await caller.ask(
        {
          method: "POST",
          path: caller.path("statuses", sha),
          body: {
            context,
            state,
            description: statusDescription(description),
            ...(targetUrl === null ? {} : { target_url: targetUrl }),
          },
          what: `writing the status "${context}" of ${sha}`,
          needs: NEEDS.status,
          schema: writtenStatusSchema,
          // One more row of the same says the same.
          isRepeatable: true,
        },
        signal,
      );
      return answer.kind === "failed" ? answer : { kind: "ok", value: answer.value.creator };
    },
  };
}

function toStatus({
  status,
  context,
  description,
  target_url: url,
}: z.infer<typeof statusSchema>): CommitStatus {
  const targetUrl = url === "" ? null : url;
  return { context, state: toState(status), description: description ?? "", targetUrl };
}

/** As Gitea counts them for a merge. */
function toState(status: string): CommitState {
  switch (status) {
    case "pending":
    case "success":
    case "error":
    case "failure":
      return status;
    case "skipped":
      return "success";
    case "warning":
      return "failure";
    default:
      return "pending";
  }
}
