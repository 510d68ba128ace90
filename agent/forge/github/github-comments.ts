import { failed } from "../forge-failure.ts";
import { FORGE_LIMITS } from "../forge-limits.ts";
import type { Comments, ForgeAnswer, ForgeComment, ForgePerson } from "../forge.ts";
import { mapped } from "../library-caller.ts";
import type { GithubCaller } from "./github-caller.ts";
import { NEEDS } from "./github-needs.ts";
import { appWire, commentWire, commentsWire, personWire } from "./github-wire.ts";
import type { CommentWire } from "./github-wire.ts";

export function githubComments(caller: GithubCaller): Comments {
  return {
    find: async (number, { marker, ownId }, signal) => {
      const answer = await caller.list(
        {
          what: `the comments of pull request ${number}`,
          needs: NEEDS.read,
          wire: commentsWire,
          mostPages: FORGE_LIMITS.pages,
          send: ({ rest, common }, page) =>
            rest.issues.listComments({ ...common, ...page, issue_number: number }),
        },
        signal,
      );
      if (answer.kind === "failed") return answer;
      const { list, isWhole } = answer.value;
      const ours = list
        .filter(({ user, body }) => user.id === ownId && body?.startsWith(marker) === true)
        .toSorted((a, b) => a.id - b.id);
      const [oldest] = ours;
      if (oldest !== undefined)
        return { kind: "ok", value: { ...toComment(oldest), body: oldest.body ?? "" } };
      if (isWhole) return { kind: "ok", value: null };
      const message = `pull request ${number} of ${caller.repository} has more than ${list.length} comments, and more are not read, so whether the agent's own is among them is not known. Close the pull request and open another one.`;
      return failed("ForgeAnswerInvalid", message);
    },

    create: async (number, body, signal) => {
      const answer = await caller.ask(
        {
          what: `writing a comment to pull request ${number}`,
          needs: NEEDS.comment,
          wire: commentWire,
          send: ({ rest, common }) =>
            rest.issues.createComment({ ...common, issue_number: number, body }),
        },
        signal,
      );
      return mapped(answer, toComment);
    },

    edit: async ({ number, id }, body, signal) => {
      const answer = await caller.ask<CommentWire | null>(
        {
          what: `changing comment ${id} of pull request ${number}`,
          needs: NEEDS.comment,
          wire: commentWire,
          send: ({ rest, common }) =>
            rest.issues.updateComment({ ...common, comment_id: Number(id), body }),
          means: new Map([[404, null]]),
        },
        signal,
      );
      return mapped(answer, (comment) => comment !== null);
    },

    self: (signal) => self(caller, signal),
  };
}

function toComment({ id, user }: CommentWire): ForgeComment {
  return { id: String(id), author: user };
}

/** An app writes as a bot that is called after it. */
async function self(
  caller: GithubCaller,
  signal: AbortSignal,
): Promise<ForgeAnswer<ForgePerson | null>> {
  const subject = { what: "the account of the token", needs: NEEDS.person };
  const app = await caller.app(subject, signal);
  if (app.kind === "failed") return app;
  if (app.value === null) {
    return caller.ask<ForgePerson | null>(
      {
        ...subject,
        wire: personWire.nullable(),
        send: ({ rest, common: { headers, request } }) =>
          rest.users.getAuthenticated({ headers, request }),
        means: new Map([[403, null]]),
      },
      signal,
    );
  }
  const { jwt } = app.value;
  const named = await caller.ask(
    {
      what: "the name of the app",
      needs: "the app's private key",
      wire: appWire,
      send: async ({ rest, common: { request } }) =>
        rest.apps.getAuthenticated({
          request,
          headers: { authorization: `Bearer ${await jwt()}` },
        }),
    },
    signal,
  );
  if (named.kind === "failed") return named;
  const username = `${named.value.slug}[bot]`;
  return caller.ask(
    {
      ...subject,
      wire: personWire,
      send: ({ rest, common: { headers, request } }) =>
        rest.users.getByUsername({ headers, request, username }),
    },
    signal,
  );
}
