import type { Clock } from "../../kernel/clock.ts";
import type { Secret } from "../../kernel/secret.ts";
import type { AdminApi } from "./admin-api.ts";
import type { Handover } from "./handover.ts";

/** What a Gitea is to hold afterwards. */
export interface BootstrapWish {
  /** Gitea's address, as this program reaches it. */
  readonly url: URL;
  /** A site admin, who may push and merge afterwards. */
  readonly admin: { readonly login: string; readonly password: Secret };
  readonly organization: string;
  readonly repository: string;
  readonly branch: string;
  /** The agent's account. */
  readonly bot: string;
  /** The agent's address for webhooks, as Gitea reaches it. */
  readonly webhookUrl: string;
  /** The folder whose files an empty repository begins with. */
  readonly contentFolder: string;
  /** True: a repository that holds something else is taken as it is. */
  readonly keepContent: boolean;
  /** How long Gitea may take to answer for the first time, ms. */
  readonly waitMs: number;
}

export interface BootstrapDeps {
  readonly clock: Clock;
  readonly handover: Handover;
  /** A new secret that cannot be guessed, of letters and digits. */
  readonly newSecret: () => Secret;
  /** Takes one line for people, without its end. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface BootstrapContext extends BootstrapDeps {
  readonly wish: BootstrapWish;
  readonly api: AdminApi;
}

/** One step: looks at what is there, makes what is missing, and returns what it did or found, in words. Safe to repeat. */
export interface BootstrapStep {
  /** What it is about: the beginning of its line. */
  readonly about: string;
  readonly run: (context: BootstrapContext) => Promise<string>;
}

/** The path of the repository in the API. */
export function repositoryPath({ organization, repository }: BootstrapWish): string {
  return `/repos/${encodeURIComponent(organization)}/${encodeURIComponent(repository)}`;
}

export const PLAN_STATUS = "room-operator/plan";
