import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { GitRepository } from "../git-repository.ts";

/** What the stand-in for Gitea remembers. All of it is in memory but the repositories, which are real. */

export interface User {
  readonly id: number;
  login: string;
  readonly email: string;
  readonly password: string | null;
  readonly isAdmin: boolean;
  readonly isOrganization: boolean;
  mustChangePassword: boolean;
  readonly createdMs: number;
}

export interface Token {
  readonly id: number;
  readonly userId: number;
  readonly name: string;
  readonly value: string;
  readonly scopes: readonly string[];
}

export type Role = "none" | "read" | "write" | "admin" | "owner";

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string;
}

export interface Hook {
  readonly id: number;
  url: string;
  contentType: string;
  secret: string;
  events: readonly string[];
  branchFilter: string;
  authorizationHeader: string;
  active: boolean;
  readonly createdMs: number;
  updatedMs: number;
}

/** As it is sent and answered; members that were not sent have Gitea's defaults. */
export interface Protection {
  readonly name: string;
  readonly priority: number;
  values: Record<string, unknown>;
  readonly createdMs: number;
  updatedMs: number;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly targetUrl: string;
  readonly creator: User;
  readonly createdMs: number;
}

/** An entry of a timeline; comments are some of them. */
export interface Event {
  readonly id: number;
  readonly pull: number;
  readonly type: string;
  readonly user: User;
  body: string;
  readonly labelId: number | null;
  readonly oldRef: string;
  readonly newRef: string;
  readonly createdMs: number;
  updatedMs: number;
}

export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly author: User;
  title: string;
  body: string;
  base: string;
  readonly head: {
    repo: Repo | null;
    readonly branch: string;
    /** By a push to `refs/for/…`: there is no branch. */
    readonly isAgit: boolean;
  };
  /** The head that the list and `refs/pull/N/head` have. */
  sha: string;
  /** Where the base was when it was merged, or is. */
  mergeBase: string;
  baseSha: string;
  state: "open" | "closed";
  merged: { readonly sha: string; atMs: number; readonly by: User } | null;
  readonly labels: Set<number>;
  isLocked: boolean;
  reviews: number;
  /** Lookups by its merge commit that do not find it yet. */
  lookupsBehind: number;
  readonly createdMs: number;
  updatedMs: number;
  closedMs: number | null;
}

export interface Repo {
  readonly id: number;
  readonly owner: User;
  name: string;
  isPrivate: boolean;
  isArchived: boolean;
  /** What its settings allow besides the usual. */
  allowManualMerge: boolean;
  autodetectManualMerge: boolean;
  readonly defaultBranch: string;
  readonly git: GitRepository;
  readonly fork: Repo | null;
  readonly collaborators: Map<number, "read" | "write" | "admin">;
  readonly labels: Label[];
  readonly pulls: Pull[];
  readonly events: Event[];
  readonly statuses: Status[];
  readonly hooks: Hook[];
  readonly protections: Protection[];
  readonly createdMs: number;
  updatedMs: number;
}

/** A person that was deleted. */
export const GHOST: User = {
  id: -1,
  login: "Ghost",
  email: "",
  password: null,
  isAdmin: false,
  isOrganization: false,
  mustChangePassword: false,
  createdMs: 0,
};

export class GiteaState {
  readonly users = new Map<number, User>();
  readonly tokens: Token[] = [];
  readonly repos: Repo[] = [];
  /** Old names of repositories, `owner/name` in lower case. */
  readonly moved = new Map<string, Repo>();
  readonly #root: string;
  readonly #counts = new Map<string, number>();
  /** How far its clock is from that of this machine. */
  skewMs = 0;

  constructor(root: string) {
    this.#root = root;
  }

  nowMs(): number {
    return Date.now() + this.skewMs;
  }

  /** Ids of each kind of thing grow on their own. */
  next(kind: string): number {
    const id = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, id);
    return id;
  }

  user(login: string): User | undefined {
    const lower = login.toLowerCase();
    return [...this.users.values()].find((each) => each.login.toLowerCase() === lower);
  }

  /** Of a person that was deleted: Ghost. */
  still(user: User): User {
    return this.users.get(user.id) ?? GHOST;
  }

  addUser(user: Pick<User, "login" | "email" | "password"> & Partial<User>): User {
    const added: User = {
      isAdmin: false,
      isOrganization: false,
      mustChangePassword: false,
      createdMs: this.nowMs(),
      ...user,
      id: this.next("user"),
    };
    this.users.set(added.id, added);
    return added;
  }

  addToken(userId: number, name: string, scopes: readonly string[]): Token {
    const value = randomBytes(20).toString("hex");
    const token = { id: this.next("token"), userId, name, value, scopes };
    this.tokens.push(token);
    return token;
  }

  repo(owner: string, name: string): Repo | undefined {
    const full = `${owner}/${name}`.toLowerCase();
    return this.repos.find((each) => fullName(each).toLowerCase() === full);
  }

  addRepo({ owner, name, ...rest }: Pick<Repo, "owner" | "name"> & Partial<Repo>): Repo {
    const id = this.next("repo");
    const root = join(this.#root, String(id));
    const nowMs = this.nowMs();
    const repo: Repo = {
      owner,
      name,
      isPrivate: false,
      isArchived: false,
      allowManualMerge: false,
      autodetectManualMerge: false,
      defaultBranch: "main",
      fork: null,
      collaborators: new Map(),
      labels: [],
      pulls: [],
      events: [],
      statuses: [],
      hooks: [],
      protections: [],
      createdMs: nowMs,
      updatedMs: nowMs,
      git: GitRepository.create({ root, name: "repository.git", filter: true }),
      ...rest,
      id,
    };
    this.repos.push(repo);
    return repo;
  }

  roleOf(user: User | null, repo: Repo): Role {
    const role = user === null ? undefined : repo.collaborators.get(user.id);
    if (user?.id === repo.owner.id) return "owner";
    if (user?.isAdmin === true) return "owner";
    return role ?? (repo.isPrivate ? "none" : "read");
  }

  addEvent(repo: Repo, pull: Pull, event: Pick<Event, "type" | "user"> & Partial<Event>): Event {
    const nowMs = this.nowMs();
    const added: Event = {
      body: "",
      labelId: null,
      oldRef: "",
      newRef: "",
      createdMs: nowMs,
      updatedMs: nowMs,
      ...event,
      id: this.next("event"),
      pull: pull.number,
    };
    repo.events.push(added);
    pull.updatedMs = nowMs;
    return added;
  }
}

export function fullName(repo: Repo): string {
  return `${repo.owner.login}/${repo.name}`;
}
