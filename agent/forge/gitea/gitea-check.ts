import { z } from "zod";
import type { ForgeAnswer, ForgeFinding } from "../forge.ts";
import { findingOf, found, missing, unknown } from "../findings.ts";
import { NEEDS } from "./gitea-caller.ts";
import type { GiteaCall, GiteaCaller } from "./gitea-caller.ts";

/** A comment that no Gitea has: its number is over what is counted to. */
const NO_COMMENT = 9_007_199_254_740_991;

const repositorySchema = z.object({
  default_branch: z.string(),
  archived: z.boolean(),
  permissions: z.object({ push: z.boolean() }).nullish(),
});

const branchSchema = z.object({
  user_can_push: z.boolean(),
  user_can_merge: z.boolean(),
  enable_status_check: z.boolean(),
  status_check_contexts: z.array(z.string()).nullable(),
});

type Probe = Omit<GiteaCall<unknown>, "schema">;

/** Looks at what the token may do and at how the default branch is protected. What is asked for with POST and PATCH cannot be carried out. */
export async function checkGitea(
  caller: GiteaCaller,
  signal: AbortSignal,
): Promise<readonly ForgeFinding[]> {
  const version = await caller.ask(
    {
      path: "/version",
      what: "the version",
      needs: NEEDS.repository,
      schema: z.object({ version: z.string() }),
    },
    signal,
  );
  const repository = await caller.ask(
    {
      path: caller.path(),
      what: "the settings",
      needs: NEEDS.repository,
      schema: repositorySchema,
    },
    signal,
  );
  const findings = [ofVersion(version), findingOf("can see the repository", repository)];
  if (repository.kind === "failed") return findings;
  const { archived, default_branch: branch, permissions } = repository.value;
  if (archived) {
    findings.push(
      missing(
        "the repository can be written to",
        "The repository is archived, so comments are refused: make it active again in its settings.",
      ),
    );
  }
  for (const { check, probe } of probes(caller)) {
    const call = { ...probe, schema: z.unknown(), means: BEYOND };
    findings.push(findingOf(check, await caller.ask(call, signal)));
  }
  findings.push(ofWriting(permissions?.push === true));
  findings.push(...(await ofBranch(caller, branch, signal)));
  return findings;
}

/** The scope was enough: what stopped it comes after that. */
const BEYOND: ReadonlyMap<number, unknown> = new Map<number, unknown>([
  [404, {}],
  [422, {}],
]);

function probes(caller: GiteaCaller): readonly { readonly check: string; readonly probe: Probe }[] {
  const one = { limit: "1", page: "1" };
  return [
    {
      check: "may read pull requests",
      probe: {
        path: caller.path("pulls"),
        query: one,
        what: "the pull requests",
        needs: NEEDS.repository,
      },
    },
    {
      check: "may read labels and comments",
      probe: { path: caller.path("labels"), query: one, what: "the labels", needs: NEEDS.issue },
    },
    {
      check: "may write comments",
      probe: {
        method: "PATCH",
        path: caller.path("issues", "comments", NO_COMMENT),
        body: { body: "room-operator" },
        what: "writing a comment",
        needs: NEEDS.comment,
      },
    },
    {
      check: "has the scope for statuses",
      probe: {
        method: "POST",
        path: caller.path("pulls"),
        // Without a branch it is refused by everyone who reads it.
        body: {},
        isRepeatable: true,
        what: "the scope for statuses",
        needs: NEEDS.status,
      },
    },
  ];
}

function ofVersion(answer: ForgeAnswer<{ readonly version: string }>): ForgeFinding {
  const check = "the version is known";
  if (answer.kind === "failed") return findingOf(check, answer);
  const { version } = answer.value;
  const [, first = "", second = ""] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (first === "") return unknown(check, `Gitea calls its version "${version}".`);
  if (version.includes("gitea-")) {
    return unknown(check, `This is Forgejo ${version}, which was not tried.`);
  }
  // After 1.27 came 28: the leading 1 was dropped.
  const minor = first === "1" ? Number(second) : Number(first);
  if (minor >= 24) return found(check);
  return missing(
    check,
    `Gitea ${version} is older than 1.24, which filters pull requests by branch: update it.`,
  );
}

function ofWriting(maySet: boolean): ForgeFinding {
  const check = "may set statuses";
  return maySet
    ? found(check)
    : missing(
        check,
        `Statuses take ${NEEDS.status}: make the token's account a collaborator with the right "write", and keep it off the lists of who may push and merge.`,
      );
}

async function ofBranch(
  caller: GiteaCaller,
  name: string,
  signal: AbortSignal,
): Promise<readonly ForgeFinding[]> {
  const answer = await caller.ask(
    {
      path: caller.path("branches", name),
      what: `the branch "${name}"`,
      needs: NEEDS.repository,
      schema: branchSchema,
    },
    signal,
  );
  const alone = `the agent cannot change "${name}" itself`;
  const required = `"${name}" requires a status before a merge`;
  if (answer.kind === "failed") return [findingOf(alone, answer)];
  const { user_can_push: push, user_can_merge: merge, ...checks } = answer.value;
  const isFree = push || merge;
  const isRequired = checks.enable_status_check && (checks.status_check_contexts ?? []).length > 0;
  return [
    isFree
      ? missing(
          alone,
          `Whoever has the token may ${push ? "push to" : "merge into"} "${name}": protect the branch, and keep the token's account off the lists of who may push and who may merge.`,
        )
      : found(alone),
    isRequired
      ? found(required)
      : missing(
          required,
          `A push just before a merge is merged without a plan: require the status room-operator/plan in the protection of "${name}".`,
        ),
  ];
}
