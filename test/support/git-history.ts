import type { GitObject } from "./git-object-reader.ts";

export interface CommitPerson {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970. */
  readonly seconds: number;
}

export interface CommitFacts {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
  /** Without line feeds at its end. */
  readonly message: string;
}

/**
 * What commits of a repository say and how they follow each other, as git answers it. A commit never changes, so each is read
 * once, and no process is started.
 */
export class GitHistory {
  readonly #read: (oid: string) => GitObject | null;
  readonly #commits = new Map<string, CommitFacts>();

  constructor(read: (oid: string) => GitObject | null) {
    this.#read = read;
  }

  /** Null: the repository has no commit of this id. */
  find(id: string): CommitFacts | null {
    const known = this.#commits.get(id);
    if (known !== undefined) return known;
    const object = this.#read(id);
    if (object?.type !== "commit") return null;
    const commit = commitOf(id, object.bytes.toString());
    this.#commits.set(id, commit);
    return commit;
  }

  commit(id: string): CommitFacts {
    const found = this.find(id);
    if (found === null) throw new Error(`unknown commit ${id}`);
    return found;
  }

  /** A commit is its own ancestor. */
  isAncestor(older: string, newer: string): boolean {
    return this.#reachable(newer).has(older);
  }

  /** What `git rev-list older..newer` lists: newest first. `older` null: all of it. */
  since(older: string | null, newer: string, most = Infinity): readonly string[] {
    const hidden = older === null ? new Set<string>() : this.#reachable(older);
    return [...this.#reachable(newer, hidden)].slice(0, most);
  }

  /** The newest commit that both have and that no other such commit has among its ancestors; null: they share none. */
  mergeBase(one: string, other: string): string | null {
    const ofOther = this.#reachable(other);
    const shared = [...this.#reachable(one)].filter((id) => ofOther.has(id));
    const covered = new Set<string>();
    let best: readonly string[] = [];
    for (const id of shared) {
      if (covered.has(id)) continue;
      const older = this.#reachable(id);
      best = [...best.filter((each) => !older.has(each)), id];
      for (const each of older) covered.add(each);
    }
    return best[0] ?? null;
  }

  /** By the time of their committers, newest first; of those of a second, whoever was found first. */
  #reachable(from: string, hidden: ReadonlySet<string> = new Set()): ReadonlySet<string> {
    const found = new Set<string>();
    const seen = new Set([from]);
    const left = hidden.has(from) ? [] : [this.commit(from)];
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      found.add(next.id);
      for (const id of next.parents) {
        if (seen.has(id) || hidden.has(id)) continue;
        seen.add(id);
        const parent = this.commit(id);
        const { seconds } = parent.committer;
        const at = left.findIndex((each) => each.committer.seconds < seconds);
        left.splice(at === -1 ? left.length : at, 0, parent);
      }
    }
    return found;
  }
}

function commitOf(id: string, text: string): CommitFacts {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  const all = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    id,
    tree: all("tree")[0] ?? "",
    parents: all("parent"),
    author: personOf(all("author")[0] ?? ""),
    committer: personOf(all("committer")[0] ?? ""),
    message: text.slice(end + 2).trimEnd(),
  };
}

function personOf(line: string): CommitPerson {
  const [, name = "", email = "", seconds = "0"] = /^(.*?) ?<(.*)> (\d+) /.exec(line) ?? [];
  return { name, email, seconds: Number(seconds) };
}
