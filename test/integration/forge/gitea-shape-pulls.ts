import { z } from "zod";
import { NO_SHA, SPECS } from "./gitea-shape-site.ts";
import type { ShapeSite, Told } from "./gitea-shape-site.ts";

/** The part of the story that is about pull requests. */

export async function* pullsTold(site: ShapeSite): Told {
  const path = `${SPECS}/pulls`;
  await site.write("change-1", { "rooms/c.yaml": "c: 1\n" });
  const open = { title: "Change 1", head: "change-1", base: "main" };
  yield ["pull-create-201", await site.send("ada", "POST", path, open)];
  yield ["pull-create-409-exists", await site.send("ada", "POST", path, open)];
  const nothing = await site.send("ada", "POST", path, { ...open, head: "nothing" });
  yield ["pull-create-404-no-such-head", nothing];
  const same = await site.send("ada", "POST", path, { ...open, head: "main" });
  yield ["pull-create-422-same-branch", same];
  const labels = `${SPECS}/issues/1/labels`;
  const set = async (who: string, ids: readonly unknown[]) =>
    site.send(who, "POST", labels, { labels: ids });
  yield ["issue-label-add-200", await set("ada", [1])];
  yield ["issue-label-add-200-unknown-name", await set("ada", ["nothing"])];
  yield ["issue-label-add-400-mixed", await set("ada", ["chore", 1])];
  yield ["issue-label-add-403", await set("bob", [2])];
  yield ["pull-get-open", await site.send("agent", "GET", `${path}/1`)];
  const query = "state=open&base_branch=main&limit=50&page=1";
  yield ["pull-list-open", await site.send("agent", "GET", `${path}?${query}`)];
  yield* mergesTold(site);
  yield* forkTold(site);
}

async function* mergesTold(site: ShapeSite): Told {
  const path = `${SPECS}/pulls`;
  const merge = async (number: number, body: object, who = "ada") =>
    site.send(who, "POST", `${path}/${number}/merge`, body);
  yield ["pull-merge-405-not-allowed", await merge(1, { do: "merge" }, "bob")];
  const moved = await merge(1, { do: "merge", head_commit_id: NO_SHA });
  yield ["pull-merge-409-head-out-of-date", moved];
  yield ["pull-merge-200", await merge(1, { do: "merge" })];
  yield ["pull-merge-405-already-merged", await merge(1, { do: "merge" })];
  const one = await site.send("agent", "GET", `${path}/1`);
  yield ["pull-get-merged-merge", one];
  const merged = z.object({ merge_commit_sha: z.string(), head: z.object({ sha: z.string() }) });
  const { merge_commit_sha: sha, head } = merged.parse(one.body);
  const lookup = async (id: string) => site.send("agent", "GET", `${SPECS}/commits/${id}/pull`);
  yield ["commit-pull-200", await lookup(sha)];
  yield ["commit-pull-404", await lookup(head.sha)];
  const timeline = `${SPECS}/issues/1/timeline?limit=50&page=1`;
  yield ["timeline-labelled-and-merged", await site.send("agent", "GET", timeline)];
  await site.as("ada").done("PATCH", SPECS, { allow_manual_merge: true });
  const styles = ["squash", "rebase", "rebase-merge", "fast-forward-only", "manually-merged"];
  for (const [at, style] of styles.entries()) {
    const number = at + 2;
    const tip = await site.write(`change-${number}`, { [`rooms/${style}.yaml`]: "1\n" });
    const open = { title: `Change ${number}`, head: `change-${number}`, base: "main" };
    await site.as("ada").done("POST", path, open);
    const repo = site.gitea.state.repo("ada", "specs");
    if (style === "manually-merged") repo?.git.forceBranch(tip);
    await merge(number, { do: style, merge_commit_id: tip });
    const name = `pull-get-merged-${style}`;
    const got = await site.send("agent", "GET", `${path}/${number}`);
    yield [name, got];
    // Set merged by what the queue of a real one finds: the answer is the same.
    if (style === "manually-merged") yield ["pull-get-merged-autodetected", got];
  }
  await site.write("clash", { "rooms/a.yaml": "theirs\n" });
  await site.as("ada").done("POST", path, { title: "Clash", head: "clash", base: "main" });
  await site.write("main", { "rooms/a.yaml": "ours\n" });
  yield ["pull-merge-405-try-again-later", await merge(7, { do: "merge" })];
}

async function* forkTold(site: ShapeSite): Told {
  await site.as("bob").done("POST", `${SPECS}/forks`, {});
  const fork = site.gitea.state.repo("bob", "specs");
  const text = fork?.git.text("main:rooms/b.yaml") ?? "";
  fork?.git.commit(
    {
      "rooms/bob.yaml": "bob: 1\n",
      "rooms/a.yaml": "changed\n",
      "rooms/b.yaml": null,
      "rooms/renamed.yaml": text,
      "rooms/c.yaml": null,
    },
    { branch: "change" },
  );
  const wanted = { title: "Change by bob", head: "bob:change", base: "main", labels: [1] };
  const opened = await site.send("bob", "POST", `${SPECS}/pulls`, wanted);
  yield ["pull-create-201-from-fork-with-label", opened];
  const { number, head } = z
    .object({ number: z.int(), head: z.object({ sha: z.string() }) })
    .parse(opened.body);
  const files = `${SPECS}/pulls/${number}/files?limit=50&page=1`;
  yield ["pull-files", await site.send("agent", "GET", files)];
  const timeline = `${SPECS}/issues/${number}/timeline?limit=50&page=1`;
  yield ["timeline-opened-with-label-by-reader", await site.send("agent", "GET", timeline)];
  const contents = `${SPECS}/contents/rooms`;
  const read = async (name: string) =>
    site.send("agent", "GET", `${contents}/${name}.yaml?ref=${head.sha}`);
  yield ["contents-file-200", await read("bob")];
  yield ["contents-404", await read("nothing")];
  await site.as("bob").done("DELETE", "/repos/bob/specs");
  const gone = await site.send("agent", "GET", `${SPECS}/pulls/${number}`);
  yield ["pull-get-fork-deleted", gone];
  const { state, pulls } = site.gitea;
  const repo = state.repo("ada", "specs");
  const author = state.user("bob");
  if (repo === undefined || author === undefined) throw new Error("the story lost its persons");
  const sha = repo.git.commit({ "rooms/agit.yaml": "1\n" }, { branch: "kept" });
  const topic = { repo, branch: "topic", isAgit: true };
  const title = "by push only";
  pulls.open(repo, { author, title, body: title, base: "main", head: topic, sha, labels: [] });
  const last = repo.pulls.at(-1)?.number ?? 0;
  yield ["pull-get-agit", await site.send("agent", "GET", `${SPECS}/pulls/${last}`)];
}

export async function* commentsTold(site: ShapeSite): Told {
  const path = `${SPECS}/issues/7/comments`;
  const planted = { body: "<!-- room-operator:plan -->\nplanted by bob" };
  await site.as("bob").done("POST", path, planted);
  const body = { body: "<!-- room-operator:plan -->\n2 rooms change" };
  const made = await site.send("agent", "POST", path, body);
  yield ["comment-create-201", made];
  yield ["comment-list", await site.send("agent", "GET", path)];
  const { id } = z.object({ id: z.int() }).parse(made.body);
  const edit = async (who: string, number: number) =>
    site.send(who, "PATCH", `${SPECS}/issues/comments/${number}`, body);
  yield ["comment-edit-200", await edit("agent", id)];
  yield ["comment-edit-403", await edit("bob", id)];
  yield ["comment-edit-404", await edit("agent", 99_999)];
  await site.as("ada").done("PUT", `${SPECS}/issues/7/lock`, {});
  yield ["comment-create-403-locked", await site.send("bob", "POST", path, body)];
}

export async function* timelinesTold(site: ShapeSite): Told {
  const path = `${SPECS}/pulls`;
  await site.write("change-8", { "rooms/eight.yaml": "1\n" });
  const wanted = { title: "Change 8", head: "change-8", base: "main" };
  const opened = await site.send("ada", "POST", path, wanted);
  const { number } = z.object({ number: z.int() }).parse(opened.body);
  const timeline = async (query: string) =>
    site.send("agent", "GET", `${SPECS}/issues/${number}/timeline?${query}`);
  const labels = `${SPECS}/issues/${number}/labels`;
  await site.as("ada").done("POST", labels, { labels: [1] });
  await site.write("change-8", { "rooms/eight.yaml": "2\n" });
  const pushes = await timeline("limit=50&page=1");
  yield ["timeline-push-and-forced-push", pushes];
  const removed = await site.send("ada", "DELETE", `${labels}/1`);
  yield ["issue-label-remove-204", removed];
  const edit = async (change: object) => site.as("ada").done("PATCH", `${path}/${number}`, change);
  await site.write("other", { "rooms/other.yaml": "1\n" });
  await edit({ base: "other" });
  await edit({ state: "closed" });
  await site.write("change-8", { "rooms/eight.yaml": "3\n" });
  await edit({ state: "open" });
  yield ["timeline-closed-pushed-reopened", await timeline("limit=50&page=1")];
  const comments = Array.from({ length: 40 }, () => ({ path: "rooms/a.yaml", body: "x" }));
  const review = { event: "COMMENT", comments };
  await site.as("bob").done("POST", `${path}/${number}/reviews`, review);
  await site.as("ada").done("POST", labels, { labels: [1] });
  yield ["timeline-page-null", await timeline("limit=10&page=2")];
  for (let page = 3; page < 9; page += 1) {
    const answer = await timeline(`limit=10&page=${page}`);
    if (answer.body !== null) {
      yield ["timeline-page-after-null", answer];
      break;
    }
  }
}
