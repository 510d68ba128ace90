import { takeObjects } from "../git-take.ts";
import { branchTip, bringIn, mergedTip } from "./gitea-git.ts";
import type { GiteaHooks, RefChange } from "./gitea-hooks.ts";
import { deliveriesOf } from "./gitea-hooks.ts";
import { pullShape } from "./gitea-pull-shape.ts";
import { repoShape, userShape } from "./gitea-shapes.ts";
import type { ShapeContext } from "./gitea-shapes.ts";
import type { GiteaState, Pull, Repo, User } from "./gitea-state.ts";

export interface NewPull {
  readonly author: User;
  readonly title: string;
  readonly body: string;
  readonly base: string;
  readonly head: { readonly repo: Repo; readonly branch: string; readonly isAgit: boolean };
  readonly sha: string;
  readonly labels: readonly number[];
}

/** What happens to pull requests, and what follows from a push. */
export class GiteaPulls {
  readonly #state: GiteaState;
  readonly #hooks: GiteaHooks;
  readonly #context: () => ShapeContext;
  readonly #late = new Set<NodeJS.Timeout>();
  /** How long after a push a pull request takes it over. A merge before that leaves no event of the push. */
  syncDelayMs = 0;
  /** How long after the branch has moved a pull request is set merged. */
  mergedDelayMs = 0;
  /** How many lookups by a merge commit find nothing yet. */
  lookupsBehind = 0;

  constructor(state: GiteaState, hooks: GiteaHooks, context: () => ShapeContext) {
    this.#state = state;
    this.#hooks = hooks;
    this.#context = context;
  }

  open(repo: Repo, wanted: NewPull): Pull {
    const { author, title, body, base, head, sha, labels } = wanted;
    const number = this.#state.next(`pull of ${repo.id}`);
    const baseSha = tipOf(repo, base);
    bringIn(repo, head.repo, sha, `refs/pull/${number}/head`);
    const nowMs = this.#state.nowMs();
    const pull: Pull = {
      id: this.#state.next("pull"),
      number,
      author,
      title,
      body,
      base,
      head: { ...head },
      sha,
      baseSha,
      mergeBase: repo.git.history.mergeBase(baseSha, sha) ?? baseSha,
      state: "open",
      merged: null,
      labels: new Set(),
      isLocked: false,
      reviews: 0,
      lookupsBehind: 0,
      createdMs: nowMs,
      updatedMs: nowMs,
      closedMs: null,
    };
    repo.pulls.push(pull);
    for (const id of labels) this.label(repo, pull, { id, by: author, isOn: true, isQuiet: true });
    this.#addPush(repo, pull, { by: author, isForced: false, ids: this.#commits(repo, pull) });
    this.#report(repo, pull, { action: "opened", type: "pull_request", by: author });
    return pull;
  }

  label(
    repo: Repo,
    pull: Pull,
    { id, by, isOn, isQuiet = false }: { id: number; by: User; isOn: boolean; isQuiet?: boolean },
  ): void {
    if (pull.labels.has(id) === isOn) return;
    if (isOn) pull.labels.add(id);
    else pull.labels.delete(id);
    this.#state.addEvent(repo, pull, {
      type: "label",
      user: by,
      body: isOn ? "1" : "",
      labelId: id,
    });
    if (!isQuiet) {
      this.#report(repo, pull, { action: "label_updated", type: "pull_request_label", by });
    }
  }

  /** Takes all labels away. What it reports still has them. */
  clearLabels(repo: Repo, pull: Pull, by: User): void {
    this.#report(repo, pull, { action: "label_cleared", type: "pull_request_label", by });
    for (const id of pull.labels) this.label(repo, pull, { id, by, isOn: false, isQuiet: true });
  }

  /** Where the head is now: the single answer shows it, the list does not. */
  headOf(pull: Pull): string {
    const { repo: from, branch, isAgit } = pull.head;
    if (isAgit || from === null) return pull.sha;
    return branchTip(from, branch) ?? pull.sha;
  }

  /** A ref of a repository has moved. */
  moved(repo: Repo, change: RefChange): void {
    for (const delivery of deliveriesOf(repo, change, this.#context())) {
      this.#hooks.send(repo, delivery);
    }
    const { ref, before, after, by } = change;
    if (before === null || after === null || !ref.startsWith("refs/heads/")) return;
    const branch = ref.slice(11);
    if (repo.autodetectManualMerge) this.#detect(repo, branch, { after, by });
    for (const base of this.#state.repos) {
      for (const pull of base.pulls) {
        const { head } = pull;
        if (head.repo !== repo || head.branch !== branch || head.isAgit) continue;
        // While it is closed nothing is written, and its reopening does not make up for it.
        if (pull.state === "open")
          this.#later(this.syncDelayMs, () => this.#sync(base, pull, { before, after, by }));
      }
    }
  }

  /** A new push to `refs/for/…` of an open one. */
  resynced(repo: Repo, pull: Pull, { after, by }: { after: string; by: User }): void {
    this.#sync(repo, pull, { before: pull.sha, after, by });
  }

  retarget(repo: Repo, pull: Pull, { base, by }: { base: string; by: User }): void {
    const oldRef = pull.base;
    pull.base = base;
    pull.baseSha = tipOf(repo, base);
    pull.mergeBase = repo.git.history.mergeBase(pull.baseSha, pull.sha) ?? pull.baseSha;
    this.#state.addEvent(repo, pull, {
      type: "change_target_branch",
      user: by,
      oldRef,
      newRef: base,
    });
    this.#dropPushes(repo, pull, () => true);
    this.#addPush(repo, pull, { by, isForced: false, ids: this.#commits(repo, pull) });
    this.#report(repo, pull, { action: "edited", type: "pull_request", by });
  }

  setState(repo: Repo, pull: Pull, { state, by }: { state: "open" | "closed"; by: User }): void {
    if (pull.state === state) return;
    pull.state = state;
    pull.closedMs = state === "closed" ? this.#state.nowMs() : null;
    const isClosed = state === "closed";
    this.#state.addEvent(repo, pull, { type: isClosed ? "close" : "reopen", user: by });
    const action = isClosed ? "closed" : "reopened";
    this.#report(repo, pull, { action, type: "pull_request", by });
  }

  /** Null: it cannot be merged. */
  merge(
    repo: Repo,
    pull: Pull,
    { style, message, sha, by }: { style: string; message: string; sha: string; by: User },
  ): string | null {
    const ref = `refs/heads/${pull.base}`;
    const base = tipOf(repo, pull.base);
    const head = this.headOf(pull);
    if (pull.head.repo !== null) takeObjects(repo.git, pull.head.repo.git, head);
    const isByHand = style === "manually-merged";
    const tip = isByHand ? sha : mergedTip(repo, { style, base, head, message, by });
    if (tip === null || (isByHand && !repo.git.history.isAncestor(tip, base))) return null;
    pull.mergeBase = repo.git.history.mergeBase(base, head) ?? pull.mergeBase;
    if (!isByHand) repo.git.point(ref, tip);
    this.#later(this.mergedDelayMs, () => this.#setMerged(repo, pull, { tip, by }));
    if (!isByHand) this.moved(repo, { ref, before: base, after: tip, by });
    return tip;
  }

  #setMerged(repo: Repo, pull: Pull, { tip, by }: { tip: string; by: User }): void {
    pull.state = "closed";
    const nowMs = this.#state.nowMs();
    pull.closedMs = nowMs;
    pull.merged = { sha: tip, atMs: nowMs, by };
    pull.lookupsBehind = this.lookupsBehind;
    this.#state.addEvent(repo, pull, { type: "merge_pull", user: by });
    this.#report(repo, pull, { action: "closed", type: "pull_request", by });
  }

  /** Sets those merged whose head came to the branch by a push. */
  #detect(repo: Repo, branch: string, { after, by }: { after: string; by: User }): void {
    for (const pull of repo.pulls) {
      if (pull.state !== "open" || pull.base !== branch) continue;
      if (repo.git.history.isAncestor(pull.sha, after)) {
        this.merge(repo, pull, { style: "manually-merged", message: "", sha: pull.sha, by });
      }
    }
  }

  stop(): void {
    for (const timer of this.#late) clearTimeout(timer);
  }

  #later(delayMs: number, work: () => void): void {
    if (delayMs === 0) return work();
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      work();
    }, delayMs);
    this.#late.add(timer);
  }

  #sync(
    repo: Repo,
    pull: Pull,
    { before, after, by }: { before: string; after: string; by: User },
  ): void {
    if (pull.state !== "open" || pull.head.repo === null) return;
    bringIn(repo, pull.head.repo, after, `refs/pull/${pull.number}/head`);
    const isForced = !repo.git.history.isAncestor(before, after);
    pull.sha = after;
    pull.mergeBase = repo.git.history.mergeBase(pull.baseSha, after) ?? pull.mergeBase;
    const ids = this.#commits(repo, pull, isForced ? undefined : before);
    if (isForced) {
      const kept = new Set(this.#commits(repo, pull));
      this.#dropPushes(repo, pull, (gone) => gone.some((id) => !kept.has(id)));
      this.#addPush(repo, pull, { by, isForced: false, ids });
      this.#addPush(repo, pull, { by, isForced: true, ids: [before, after] });
    } else this.#addPush(repo, pull, { by, isForced: false, ids });
    this.#report(repo, pull, { action: "synchronized", type: "pull_request_sync", by });
  }

  /** Newest first; of all of it, or of what came after `since`. */
  #commits(repo: Repo, pull: Pull, since = pull.mergeBase): readonly string[] {
    return repo.git.history.since(since, pull.sha);
  }

  #addPush(
    repo: Repo,
    pull: Pull,
    { by, isForced, ids }: { by: User; isForced: boolean; ids: readonly string[] },
  ): void {
    const body = JSON.stringify({ is_force_push: isForced, commit_ids: ids });
    this.#state.addEvent(repo, pull, { type: "pull_push", user: by, body });
  }

  #dropPushes(repo: Repo, pull: Pull, isGone: (ids: readonly string[]) => boolean): void {
    for (let at = repo.events.length - 1; at >= 0; at -= 1) {
      const event = repo.events[at];
      if (event?.pull !== pull.number || event.type !== "pull_push") continue;
      const { commit_ids: ids } = JSON.parse(event.body) as { commit_ids: readonly string[] };
      if (isGone(ids)) repo.events.splice(at, 1);
    }
  }

  #report(
    repo: Repo,
    pull: Pull,
    { action, type, by }: { action: string; type: string; by: User },
  ): void {
    const context = this.#context();
    this.#hooks.send(repo, {
      event: "pull_request",
      type,
      payload: {
        action,
        number: pull.number,
        pull_request: this.shape(repo, pull, { context, isSingle: true }),
        requested_reviewer: null,
        repository: repoShape(repo, context),
        sender: userShape(by, context),
        commit_id: "",
        review: null,
      },
    });
  }

  shape(
    repo: Repo,
    pull: Pull,
    { context, isSingle }: { readonly context: ShapeContext; readonly isSingle: boolean },
  ): object {
    return pullShape(repo, pull, { context, head: isSingle ? this.headOf(pull) : null });
  }
}

function tipOf(repo: Repo, branch: string): string {
  const tip = branchTip(repo, branch);
  if (tip === null) throw new Error(`unknown branch ${branch}`);
  return tip;
}
