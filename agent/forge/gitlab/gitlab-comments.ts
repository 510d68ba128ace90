import { failed } from "../forge-failure.ts";
import { FORGE_LIMITS } from "../forge-limits.ts";
import type { Comments, ForgeAnswer, ForgeComment, ForgePerson, FoundComment } from "../forge.ts";
import { mapped } from "../library-caller.ts";
import type { GitlabCaller } from "./gitlab-caller.ts";
import { NEEDS } from "./gitlab-needs.ts";
import { noteWire, notesWire, personWire } from "./gitlab-wire.ts";
import type { NoteWire } from "./gitlab-wire.ts";

/** Notes, of which GitLab writes some of its own. */
export function gitlabComments(caller: GitlabCaller): Comments {
  return {
    find: (number, by, signal) => find(caller, { number, ...by }, signal),

    create: async (number, body, signal) => {
      const answer = await caller.ask(
        {
          what: `writing a comment to merge request ${number}`,
          needs: NEEDS.comment,
          wire: noteWire,
          send: ({ project, answer }) =>
            answer(({ MergeRequestNotes }, options) =>
              new MergeRequestNotes(options).create(project, number, body),
            ),
        },
        signal,
      );
      return mapped(answer, toComment);
    },

    edit: async ({ number, id }, body, signal) => {
      const answer = await caller.ask<NoteWire | null>(
        {
          what: `changing comment ${id} of merge request ${number}`,
          needs: NEEDS.comment,
          wire: noteWire,
          send: ({ project, answer }) =>
            answer(({ MergeRequestNotes }, options) =>
              new MergeRequestNotes(options).edit(project, number, Number(id), { body }),
            ),
          means: new Map([[404, null]]),
        },
        signal,
      );
      return mapped(answer, (note) => note !== null);
    },

    self: (signal) =>
      caller.ask<ForgePerson | null>(
        {
          what: "the account of the token",
          needs: NEEDS.self,
          wire: personWire,
          send: ({ answer }) =>
            answer(({ Users }, options) => new Users(options).showCurrentUser()),
          means: new Map([[403, null]]),
        },
        signal,
      ),
  };
}

async function find(
  caller: GitlabCaller,
  { number, marker, ownId }: { number: number; marker: string; ownId: string },
  signal: AbortSignal,
): Promise<ForgeAnswer<FoundComment | null>> {
  const answer = await caller.list(
    {
      what: `the comments of merge request ${number}`,
      needs: NEEDS.read,
      wire: notesWire,
      mostPages: FORGE_LIMITS.pages,
      send: ({ project, answer }, page) =>
        answer(({ MergeRequestNotes }, options) =>
          new MergeRequestNotes(options).all(project, number, {
            ...page,
            sort: "asc",
            orderBy: "created_at",
          }),
        ),
    },
    signal,
  );
  if (answer.kind === "failed") return answer;
  const { list, isWhole } = answer.value;
  const ours = list
    .filter(({ system, author, body }) => !system && author.id === ownId && body.startsWith(marker))
    .toSorted((a, b) => a.id - b.id);
  const [oldest] = ours;
  if (oldest !== undefined)
    return { kind: "ok", value: { ...toComment(oldest), body: oldest.body } };
  if (isWhole) return { kind: "ok", value: null };
  const message = `merge request ${number} of ${caller.repository} has more than ${list.length} comments, and more are not read, so whether the agent's own is among them is not known. Close the merge request and open another one.`;
  return failed("ForgeAnswerInvalid", message);
}

function toComment({ id, author }: NoteWire): ForgeComment {
  return { id: String(id), author };
}
