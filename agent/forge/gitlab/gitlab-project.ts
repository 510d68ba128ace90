import type { ForgeAnswer } from "../forge.ts";
import { mapped } from "../library-caller.ts";
import type { GitlabCaller } from "./gitlab-caller.ts";
import { NEEDS } from "./gitlab-needs.ts";
import { projectWire } from "./gitlab-wire.ts";

/** The number of our project, by which merge requests say whose they are. It is asked for once. */
export interface GitlabProject {
  id(signal: AbortSignal): Promise<ForgeAnswer<number>>;
}

export function gitlabProject(caller: GitlabCaller): GitlabProject {
  let known: number | null = null;
  return {
    id: async (signal) => {
      if (known !== null) return { kind: "ok", value: known };
      const answer = await caller.ask(
        {
          what: "the name",
          needs: NEEDS.read,
          wire: projectWire,
          send: ({ project, answer }) =>
            answer(({ Projects }, options) => new Projects(options).show(project)),
        },
        signal,
      );
      if (answer.kind === "ok") known = answer.value.id;
      return mapped(answer, ({ id }) => id);
    },
  };
}
