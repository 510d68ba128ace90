import { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { quoted } from "../../kernel/quoted.ts";
import { botStep, tokenStep } from "./account-steps.ts";
import { createAdminApi, notGitea } from "./admin-api.ts";
import type {
  BootstrapContext,
  BootstrapDeps,
  BootstrapStep,
  BootstrapWish,
} from "./bootstrap-context.ts";
import { labelStep, protectionStep, webhookStep } from "./guard-steps.ts";
import {
  collaboratorStep,
  contentStep,
  organizationStep,
  repositoryStep,
} from "./repository-steps.ts";

/** In this order: the content comes before the protection, which would refuse it. */
const STEPS: readonly BootstrapStep[] = [
  botStep,
  tokenStep,
  organizationStep,
  repositoryStep,
  contentStep,
  collaboratorStep,
  labelStep,
  webhookStep,
  protectionStep,
];

const LOOK_EVERY_MS = 500;
const TRIES = 5;
const PAUSE_MS = 1000;

/**
 * Makes a Gitea hold what `wish` says and hands secrets and ids over. Each step looks at what is there first, so a run may follow
 * on any other, also on one that was killed. Throws OperatorError for what a person can correct, and the signal's reason.
 */
export async function bootstrap(wish: BootstrapWish, deps: BootstrapDeps): Promise<void> {
  const { url, admin } = wish;
  const { login, password } = admin;
  const { clock, signal, handover, say } = deps;
  const api = createAdminApi({ url, login, password, clock, signal });
  const context: BootstrapContext = { ...deps, wish, api };
  try {
    say(`gitea: ${await untilItAnswers(context)} at ${api.at}`);
    if (!(await isSignedIn(context))) {
      say(
        `sign-in: Gitea refuses the password of ${quoted(login)}, so nothing was looked at. An earlier run set everything up and the token that it made works: the agent can start`,
      );
      return;
    }
    for (const step of STEPS) say(`${step.about}: ${await patiently(step, context)}`);
    handover.note({ isComplete: true });
  } finally {
    api.close();
  }
}

/** Waits until Gitea is up and gives its version. */
async function untilItAnswers(context: BootstrapContext): Promise<string> {
  const { clock, signal, wish } = context;
  const sinceMs = clock.monotonicMs();
  for (;;) {
    try {
      return await versionOf(context);
    } catch (error) {
      const isOver = clock.monotonicMs() - sinceMs >= wish.waitMs;
      if (isOver || !isTransient(error)) throw error;
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

async function versionOf({ api }: BootstrapContext): Promise<string> {
  const { status, body } = await api.send({ method: "GET", path: "/version" });
  // Where signing in is required, a wrong password is answered so too.
  if (status === 401 || status === 403) return "answers";
  const parsed = z.object({ version: z.string() }).safeParse(body);
  if (status === 200 && parsed.success) return quoted(parsed.data.version);
  if (status !== 404) throw notGitea(api.at, "show its version");
  throw new OperatorError(
    "GiteaUnknown",
    `what answers at ${api.at} has no API of Gitea: either it is another server, or a Gitea that shows its install page. Set GITEA__security__INSTALL_LOCK=true and run "gitea migrate" before it starts`,
  );
}

const self = z.object({ login: z.string(), is_admin: z.boolean() });

/** False: the password is refused, and everything was set up before. A person may change the password of their account. */
async function isSignedIn(context: BootstrapContext): Promise<boolean> {
  const { api, wish } = context;
  const { login } = wish.admin;
  const answer = await api.send({ method: "GET", path: "/user" });
  if (answer.status === 401) {
    if (await isSetUp(context)) return false;
    throw new OperatorError(
      "GiteaRefused",
      `Gitea at ${api.at} refuses the password of ${quoted(login)}: write the right one to the file that --password-file names, or name another site admin with --admin`,
    );
  }
  const todo = `show the account ${quoted(login)}`;
  const admin = api.read(answer, { statuses: [200], body: self, todo });
  if (admin.is_admin) return true;
  throw new OperatorError(
    "GiteaRefused",
    `${quoted(admin.login)} is not a site admin of ${api.at}: accounts and organizations cannot be made. Name one with --admin`,
  );
}

async function isSetUp({ api, handover }: BootstrapContext): Promise<boolean> {
  const token = handover.secret("bot-token");
  if (token === null || handover.made.isComplete !== true) return false;
  const { status } = await api.send({ method: "GET", path: "/user", token });
  return status === 200 && handover.secret("webhook-secret") !== null;
}

/** Repeats a step while what stops it may pass by itself. */
async function patiently(step: BootstrapStep, context: BootstrapContext): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step.run(context);
    } catch (error) {
      if (tries >= TRIES || !isTransient(error)) throw error;
      await context.clock.sleep(PAUSE_MS * tries, context.signal);
    }
  }
}

/** What may pass by itself: Gitea restarts, or its database is busy. */
function isTransient(error: unknown): boolean {
  return error instanceof OperatorError && error.code === "GiteaUnavailable";
}
