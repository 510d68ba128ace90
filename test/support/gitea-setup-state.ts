/** What a Gitea in memory holds. */
export interface GiteaState {
  readonly version: string;
  readonly users: Map<string, User>;
  readonly orgs: Set<string>;
  readonly repositories: Map<string, Repository>;
  nextId: number;
}

export interface User {
  readonly id: number;
  readonly isAdmin: boolean;
  password: string;
  readonly tokens: Token[];
}

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly sha1: string;
  readonly scopes: readonly string[];
}

export interface Repository {
  readonly id: number;
  archived: boolean;
  /** Of each commit on `main`, its files. */
  readonly commits: Map<string, string>[];
  readonly collaborators: Map<string, string>;
  readonly labels: { id: number; name: string }[];
  readonly hooks: Hook[];
  protection: Record<string, unknown> | null;
}

export interface Hook {
  readonly id: number;
  active: boolean;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}

export function emptyState(password: string): GiteaState {
  const ops = { id: 1, isAdmin: true, password, tokens: [] };
  return {
    version: "1.26.3",
    users: new Map([["ops", ops]]),
    orgs: new Set(),
    repositories: new Map(),
    nextId: 2,
  };
}

export function aRepository(state: GiteaState, name: string): Repository {
  const made: Repository = {
    id: (state.nextId += 1),
    archived: false,
    commits: [],
    collaborators: new Map(),
    labels: [],
    hooks: [],
    protection: null,
  };
  state.repositories.set(name, made);
  return made;
}
