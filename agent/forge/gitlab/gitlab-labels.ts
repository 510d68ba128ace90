import type { z } from "zod";
import { labelsNamed } from "../labels-named.ts";
import { FORGE_LIMITS } from "../forge-limits.ts";
import type { Bounded, ForgeAnswer, LabelHistory, Labels } from "../forge.ts";
import { mapped } from "../library-caller.ts";
import type { GitlabApi, GitlabCaller, Page } from "./gitlab-caller.ts";
import { gitlabEvents } from "./gitlab-history.ts";
import { NEEDS } from "./gitlab-needs.ts";
import {
  labelEventsWire,
  labelsWire,
  memberWire,
  notesWire,
  stateEventsWire,
  versionsWire,
} from "./gitlab-wire.ts";

/** Developer: the lowest role that may push. */
const WRITING_LEVEL = 30;

export function gitlabLabels(caller: GitlabCaller): Labels {
  return {
    named: async (names, signal) => {
      const answer = await caller.list(
        {
          what: "the labels",
          needs: NEEDS.read,
          wire: labelsWire,
          mostPages: FORGE_LIMITS.pages,
          send: ({ project, answer }, page) =>
            answer(({ ProjectLabels }, options) => new ProjectLabels(options).all(project, page)),
        },
        signal,
      );
      return labelsNamed(names, answer, caller.repository);
    },

    history: (number, signal) => history(caller, number, signal),

    mayWrite: async ({ id, login }, signal) => {
      const answer = await caller.ask(
        {
          what: `the role of ${login}`,
          needs: NEEDS.read,
          wire: memberWire,
          send: ({ project, answer }) =>
            answer(({ ProjectMembers }, options) =>
              new ProjectMembers(options).show(project, Number(id), { includeInherited: true }),
            ),
          means: new Map([[404, NOT_A_MEMBER]]),
        },
        signal,
      );
      return mapped(
        answer,
        (member) =>
          String(member.id) === id &&
          member.access_level >= WRITING_LEVEL &&
          (member.state ?? "active") === "active",
      );
    },
  };
}

const NOT_A_MEMBER = { id: 0, access_level: 0, state: "active" };

type SendPage = (api: GitlabApi, page: Page) => ReturnType<GitlabApi["answer"]>;

/** Four lists, of which each has its own order. */
async function history(
  caller: GitlabCaller,
  number: number,
  signal: AbortSignal,
): Promise<ForgeAnswer<LabelHistory>> {
  const all = <T>(
    wire: z.ZodType<readonly T[]>,
    send: SendPage,
  ): Promise<ForgeAnswer<Bounded<T>>> =>
    caller.list(
      {
        what: `the history of merge request ${number}`,
        needs: NEEDS.read,
        wire,
        mostPages: FORGE_LIMITS.pages,
        send,
      },
      signal,
    );
  const labels = await all(labelEventsWire, ({ project, answer }, page) =>
    answer(({ MergeRequestLabelEvents }, options) =>
      new MergeRequestLabelEvents(options).all(project, number, page),
    ),
  );
  if (labels.kind === "failed") return labels;
  const states = await all(stateEventsWire, (api, page) =>
    api.page(`merge_requests/${number}/resource_state_events`, page),
  );
  if (states.kind === "failed") return states;
  const versions = await all(versionsWire, ({ project, answer }, page) =>
    answer(({ MergeRequests }, options) =>
      new MergeRequests(options).allDiffVersions(project, number, page),
    ),
  );
  if (versions.kind === "failed") return versions;
  const notes = await all(notesWire, ({ project, answer }, page) =>
    answer(({ MergeRequestNotes }, options) =>
      new MergeRequestNotes(options).all(project, number, {
        ...page,
        sort: "asc",
        orderBy: "created_at",
      }),
    ),
  );
  if (notes.kind === "failed") return notes;
  const lists = {
    labels: labels.value.list,
    states: states.value.list,
    versions: versions.value.list,
    notes: notes.value.list,
  };
  const isWhole = [labels, states, versions, notes].every(({ value }) => value.isWhole);
  return { kind: "ok", value: { events: gitlabEvents(lists), isWhole } };
}
