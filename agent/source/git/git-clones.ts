import type { OpenSource } from "../open-source.ts";
import { GitSource } from "./git-source.ts";
import { SharedClone } from "./git-shared-clone.ts";
import type { ClonePlace, GitSourceOptions } from "./git-shared-clone.ts";
import { shareKey } from "./git-share-key.ts";

interface OpenClone {
  readonly key: string | null;
  readonly folder: string;
  readonly clone: SharedClone;
}

/**
 * Opens git sources. Those with one share key read one clone, which is opened with the first of them and closed with the last; each
 * may come and go at any time. The clone is in the folder of the source that opened it.
 */
export function shareClones(): (options: GitSourceOptions) => ReturnType<OpenSource> {
  const clones = new GitClones();
  return (options) => clones.open(options);
}

/** A git source that shares its clone with none. */
export function createGitSource(options: GitSourceOptions): ReturnType<OpenSource> {
  return new GitClones().open(options);
}

class GitClones {
  readonly #open: OpenClone[] = [];
  /** By folder: resolves when the clone there is closed. */
  readonly #closing = new Map<string, Promise<void>>();

  open(options: GitSourceOptions): GitSource {
    const key = shareKey(options);
    const known = key === null ? undefined : this.#open.find((each) => each.key === key);
    const entry = known ?? this.#make(options, key);
    const { clone } = entry;
    const member = clone.join(options);
    const leave = async () => {
      if (clone.leave(member)) await this.#close(entry);
    };
    return new GitSource(options, { clone, member, leave });
  }

  #make(options: GitSourceOptions, key: string | null): OpenClone {
    const place = this.#placeFor(options.folder);
    const entry = { key, folder: place.folder, clone: new SharedClone(options, place) };
    this.#open.push(entry);
    return entry;
  }

  /** The source's own folder; where the clone of others is in it, because this source left them, one next to it. */
  #placeFor(own: string): ClonePlace {
    const isTaken = (folder: string) => this.#open.some((each) => each.folder === folder);
    let folder = own;
    // No name of a source has a dot in it, so this is not another source's.
    for (let count = 2; isTaken(folder); count += 1) folder = `${own}.${count}`;
    return { folder, after: this.#closing.get(folder) ?? Promise.resolve() };
  }

  async #close(entry: OpenClone): Promise<void> {
    const { clone, folder } = entry;
    this.#open.splice(this.#open.indexOf(entry), 1);
    // Whoever opens the folder meanwhile waits for the one before, too.
    const before = this.#closing.get(folder) ?? Promise.resolve();
    const closing = Promise.all([before, clone.close()]).then(() => undefined);
    this.#closing.set(folder, closing);
    try {
      await closing;
    } finally {
      if (this.#closing.get(folder) === closing) this.#closing.delete(folder);
    }
  }
}
