import type { GitRepository } from "../git-repository.ts";
import { takeObjects } from "../git-take.ts";
import { mayMove } from "./gitea-git-http.ts";
import type { GiteaPulls } from "./gitea-pulls.ts";
import type { GiteaState, Repo } from "./gitea-state.ts";

/** Git with a forge of this process, without the processes and the wire between. URLs are those that git would be given. */
export interface NearGit {
  /** A push of one commit to a ref, forced. Throws where git would be refused. */
  push(
    url: string,
    push: { readonly from: GitRepository; readonly sha: string; readonly ref: string },
  ): void;
  /** Null: there is no such ref. */
  refAt(url: string, ref: string): string | null;
  /** Fetches a ref into a ref of the same name. */
  fetch(url: string, into: GitRepository, ref: string): void;
}

export class GiteaNear implements NearGit {
  readonly #state: GiteaState;
  readonly #pulls: GiteaPulls;

  constructor(state: GiteaState, pulls: GiteaPulls) {
    this.#state = state;
    this.#pulls = pulls;
  }

  push(url: string, { from, sha, ref }: Parameters<NearGit["push"]>[1]): void {
    const repo = this.#repo(url);
    const { username, password } = new URL(url);
    const by = this.#state.user(username);
    const isKnown = this.#state.tokens.some(
      ({ userId, value }) => userId === by?.id && value === password,
    );
    if (by === undefined || !isKnown) throw new Error(`401 for ${username}`);
    if (!mayMove(this.#state, repo, { ref, by }))
      throw new Error(`${ref}: pre-receive hook declined`);
    const before = repo.git.ref(ref);
    takeObjects(repo.git, from, sha);
    repo.git.point(ref, sha);
    if (before !== sha) this.#pulls.moved(repo, { ref, before, after: sha, by });
  }

  refAt(url: string, ref: string): string | null {
    return this.#repo(url).git.ref(ref);
  }

  fetch(url: string, into: GitRepository, ref: string): void {
    const { git } = this.#repo(url);
    const sha = git.ref(ref);
    if (sha === null) throw new Error(`couldn't find remote ref ${ref}`);
    takeObjects(into, git, sha);
    into.point(ref, sha);
  }

  #repo(url: string): Repo {
    const [, owner = "", name = ""] = /^\/([^/]+)\/([^/]+)\.git$/.exec(new URL(url).pathname) ?? [];
    const repo = this.#state.repo(owner, name);
    if (repo === undefined) throw new Error(`404 for ${owner}/${name}`);
    return repo;
  }
}
