import type { Comments, ForgeComment } from "../forge.ts";
import { listOf, NEEDS } from "./gitea-caller.ts";
import type { GiteaCall, GiteaCaller } from "./gitea-caller.ts";
import { commentSchema, personSchema } from "./gitea-schema.ts";

export function giteaComments(caller: GiteaCaller): Comments {
  return {
    find: async (number, { marker, ownId }, signal) => {
      // Not paged by Gitea: all of them come at once.
      const answer = await caller.ask(
        {
          path: caller.path("issues", number, "comments"),
          what: `the comments of pull request ${number}`,
          needs: NEEDS.issue,
          schema: listOf(commentSchema),
        },
        signal,
      );
      if (answer.kind === "failed") return answer;
      const ours = answer.value
        .filter(({ author, body }) => author.id === ownId && body.startsWith(marker))
        .sort((a, b) => a.number - b.number);
      const [oldest] = ours;
      return {
        kind: "ok",
        value: oldest === undefined ? null : { ...toComment(oldest), body: oldest.body },
      };
    },

    create: async (number, body, signal) => {
      const answer = await caller.ask(
        {
          method: "POST",
          path: caller.path("issues", number, "comments"),
          body: { body },
          what: `writing a comment to pull request ${number}`,
          needs: NEEDS.comment,
          schema: commentSchema,
        },
        signal,
      );
      return answer.kind === "failed" ? answer : { kind: "ok", value: toComment(answer.value) };
    },

    edit: async ({ number, id }, body, signal) =>
      caller.ask(editing(caller, { number, id, body }), signal),

    self: async (signal) =>
      caller.ask(
        {
          path: "/user",
          what: "the account of the token",
          needs: NEEDS.user,
          schema: personSchema,
          means: new Map([[403, null]]),
        },
        signal,
      ),
  };
}

function editing(
  caller: GiteaCaller,
  { number, id, body }: { readonly number: number; readonly id: string; readonly body: string },
): GiteaCall<boolean> {
  return {
    method: "PATCH",
    path: caller.path("issues", "comments", id),
    body: { body },
    what: `editing comment ${id} of pull request ${number}`,
    needs: NEEDS.comment,
    schema: commentSchema.transform(() => true),
    // 204: what has this number is not a comment with a text.
    means: new Map([
      [404, false],
      [204, false],
    ]),
  };
}

function toComment({ id, author }: ForgeComment): ForgeComment {
  return { id, author };
}
