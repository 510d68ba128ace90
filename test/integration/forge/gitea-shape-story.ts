import { z } from "zod";
import { GiteaPerson } from "../../support/forge/gitea-person.ts";
import type { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";
import { commentsTold, pullsTold, timelinesTold } from "./gitea-shape-pulls.ts";
import { NO_SHA, ShapeSite, SPECS } from "./gitea-shape-site.ts";
import type { Told } from "./gitea-shape-site.ts";

/** A site goes through what the recorded one went through. Names are those of the recorded answers. */
export async function* shapeStory(gitea: GiteaStandIn): Told {
  const site = new ShapeSite(gitea);
  yield* siteTold(site);
  yield* repositoryTold(site);
  yield* labelsTold(site);
  yield* pullsTold(site);
  yield* commentsTold(site);
  yield* timelinesTold(site);
  yield* statusesTold(site);
  yield* errorsTold(site);
}

async function* siteTold(site: ShapeSite): Told {
  const user = (username: string) => ({
    username,
    email: `${username}@example.test`,
    password: `${username}pass1234`,
    must_change_password: username === "new",
  });
  for (const name of ["ada", "bob", "new"]) {
    await site.as("ops").done("POST", "/admin/users", user(name));
  }
  yield ["admin-user-create-201", await site.send("ops", "POST", "/admin/users", user("bot"))];
  const again = await site.send("ops", "POST", "/admin/users", user("bot"));
  yield ["admin-user-create-422-exists", again];
  site.people.set("ada", await site.token("ada", ["all"], "all"));
  site.people.set("bob", await site.token("bob", ["all"], "all"));
  site.people.set("none", GiteaPerson.withToken(site.gitea.apiUrl, "none", ""));
  site.people.set("adas password", site.password("ada", "adapass1234"));
  site.people.set("bobs password", site.password("bob", "bobpass1234"));
  const forbidden = await site.send("ada", "POST", "/admin/users", user("x"));
  yield ["admin-user-create-403", forbidden];
  yield ["version", await site.send("ada", "GET", "/version")];
  yield ["settings-api", await site.send("ada", "GET", "/settings/api")];
  const path = "/users/ada/tokens";
  const make = async (who: string, body: object) => site.send(who, "POST", path, body);
  const scopes = ["read:repository", "write:issue"];
  const made = await make("adas password", { name: "agent", scopes });
  yield ["token-create-201", made];
  const { sha1 } = z.object({ sha1: z.string() }).parse(made.body);
  site.people.set("agent", GiteaPerson.withToken(site.gitea.apiUrl, "ada", sha1));
  const taken = await make("adas password", { name: "agent", scopes });
  yield ["token-create-400-name-taken", taken];
  const bad = await make("adas password", { name: "bad", scopes: ["read:nothing"] });
  yield ["token-create-400-bad-scope", bad];
  yield ["token-create-400-no-scopes", await make("adas password", { name: "none" })];
  yield ["token-create-401-with-a-token", await make("ada", { name: "n2", scopes: ["all"] })];
  const other = await make("bobs password", { name: "n4", scopes: ["all"] });
  yield ["token-create-403-other-person", other];
  await site.as("adas password").makeToken("old", ["all"]);
  yield ["token-delete-204", await site.send("adas password", "DELETE", `${path}/old`)];
  yield ["token-delete-404", await site.send("adas password", "DELETE", `${path}/old`)];
  const org = { username: "rooms" };
  yield ["org-create-201", await site.send("ada", "POST", "/orgs", org)];
  yield ["org-create-422-exists", await site.send("ada", "POST", "/orgs", org)];
}

async function* repositoryTold(site: ShapeSite): Told {
  const wanted = { name: "specs", default_branch: "main", auto_init: false };
  yield ["repo-create-201", await site.send("ada", "POST", "/user/repos", wanted)];
  const again = await site.send("ada", "POST", "/user/repos", wanted);
  yield ["error-409-repository-exists", again];
  const empty = await site.send("ada", "GET", `${SPECS}/commits`);
  yield ["error-409-empty-repository", empty];
  await site.as("ada").done("POST", "/orgs/rooms/repos", wanted);
  await site.as("ada").done("POST", "/user/repos", { name: "secret", private: true });
  const put = await site.send("ada", "PUT", `${SPECS}/collaborators/bot`, {
    permission: "write",
  });
  yield ["collaborator-put-204", put];
  const file = { operation: "create", path: "rooms/a.yaml", content: "YTogMQo=" };
  const body = { branch: "main", message: "first", files: [file] };
  const contents = "/repos/rooms/specs/contents";
  const first = await site.send("ada", "POST", contents, body);
  yield ["contents-create-201-empty-repository", first];
  yield ["contents-create-422-exists", await site.send("ada", "POST", contents, body)];
  await site.write("main", { "rooms/a.yaml": "a: 1\n", "rooms/b.yaml": "b: 1\nb: 2\nb: 3\n" });
  const hook = {
    type: "gitea",
    active: true,
    config: { url: "http://127.0.0.1:9/hooks", content_type: "json", secret: "test-secret" },
    events: ["push", "delete", "create", "pull_request_only", "pull_request_label"],
  };
  yield ["hook-create-201", await site.send("ada", "POST", `${SPECS}/hooks`, hook)];
  yield ["hook-list", await site.send("ada", "GET", `${SPECS}/hooks`)];
  yield ["hook-test-204", await site.send("ada", "POST", `${SPECS}/hooks/1/tests`)];
  await site.as("ada").done("POST", `${SPECS}/hooks`, { ...hook, branch_filter: "main" });
  const secret = { config: { secret: "new" } };
  yield ["hook-patch-200", await site.send("ada", "PATCH", `${SPECS}/hooks/2`, secret)];
  yield ["hook-delete-204", await site.send("ada", "DELETE", `${SPECS}/hooks/2`)];
}

async function* labelsTold(site: ShapeSite): Told {
  const path = `${SPECS}/labels`;
  const confirm = { name: "confirm", color: "#2da44e" };
  const described = { ...confirm, description: "the change may remove things" };
  yield ["label-create-201", await site.send("ada", "POST", path, described)];
  await site.as("ada").done("POST", path, { name: "chore", color: "#cccccc" });
  const again = await site.send("ada", "POST", path, confirm);
  yield ["label-create-201-same-name-again", again];
  const bad = await site.send("ada", "POST", path, { name: "bad", color: "green" });
  yield ["label-create-422-bad-colour", bad];
  yield ["label-list", await site.send("agent", "GET", `${path}?limit=50&page=1`)];
  const bobs = await site.send("bob", "POST", path, { name: "x", color: "#ffffff" });
  yield ["error-403-role-too-low", bobs];
  const { status, headers, body } = await site.sendWithout("POST", path);
  yield ["error-401-no-token", { status, headers, body }];
}

async function* statusesTold(site: ShapeSite): Told {
  const sha = site.gitea.state.repo("ada", "specs")?.git.head("main") ?? "";
  const path = (id: string) => `${SPECS}/statuses/${id}`;
  const plan = {
    state: "pending",
    context: "room-operator/plan",
    description: "planning",
    target_url: "http://localhost:8080/plans/41",
  };
  yield ["status-create-201", await site.send("ada", "POST", path(sha), plan)];
  const odd = await site.send("ada", "POST", path(sha), { state: "bananas", context: "other" });
  yield ["status-create-201-unknown-state", odd];
  yield ["status-create-403-reader", await site.send("bob", "POST", path(sha), plan)];
  yield ["status-create-403-scope", await site.send("agent", "POST", path(sha), plan)];
  const unknown = await site.send("ada", "POST", path(NO_SHA), plan);
  yield ["status-create-500-unknown-sha", unknown];
  const commits = `${SPECS}/commits`;
  yield ["status-list", await site.send("agent", "GET", `${commits}/${sha}/statuses`)];
  yield ["status-combined", await site.send("agent", "GET", `${commits}/${sha}/status`)];
  const none = await site.send("agent", "GET", `${commits}/${NO_SHA}/status`);
  yield ["status-combined-404", none];
  const rule = {
    rule_name: "main",
    enable_push: true,
    enable_push_whitelist: true,
    push_whitelist_usernames: ["ada"],
    enable_merge_whitelist: true,
    merge_whitelist_usernames: ["ada"],
    enable_status_check: true,
    status_check_contexts: ["room-operator/plan"],
    block_admin_merge_override: true,
  };
  const rules = `${SPECS}/branch_protections`;
  yield ["protection-create-201", await site.send("ada", "POST", rules, rule)];
  const again = await site.send("ada", "POST", rules, { rule_name: "main" });
  yield ["protection-create-403-exists", again];
  await site.as("ada").done("PATCH", `${SPECS}/pulls/9`, { title: "Nine" });
  const merge = await site.send("ada", "POST", `${SPECS}/pulls/9/merge`, { do: "merge" });
  yield ["pull-merge-405-required-status", merge];
  const branches = await site.send("agent", "GET", `${SPECS}/branches?limit=1&page=2`);
  yield ["branch-list-page-2", branches];
}

async function* errorsTold(site: ShapeSite): Told {
  site.people.set("wrong", GiteaPerson.withToken(site.gitea.apiUrl, "ada", "0".repeat(40)));
  yield ["error-401-wrong-token", await site.send("wrong", "GET", SPECS)];
  site.people.set("liar", site.password("ada", "wrong"));
  yield ["error-401-wrong-password", await site.send("liar", "GET", "/user")];
  site.people.set("orgs", await site.token("ada", ["write:organization"], "orgs"));
  yield ["error-403-missing-scope", await site.send("orgs", "GET", SPECS)];
  site.people.set("new", site.password("new", "newpass1234"));
  yield ["error-403-must-change-password", await site.send("new", "GET", "/user")];
  yield ["error-404-absent", await site.send("bob", "GET", "/repos/ada/nothing")];
  const other = await site.send("bob", "GET", "/repos/ada/secret");
  yield ["error-404-private-other-person", other];
  const { status, headers, body } = await site.sendWithout("GET", "/repos/ada/secret");
  yield ["error-404-private-no-token", { status, headers, body }];
  yield ["error-404-unknown-route", await site.send("ada", "GET", `${SPECS}/nothing`)];
  const absent = await site.send("agent", "GET", `${SPECS}/issues/9999/timeline`);
  yield ["error-500-timeline-of-absent-issue", absent];
  const rooms = "/repos/rooms/specs";
  await site.as("ada").done("PATCH", rooms, { name: "specs-new" });
  yield ["error-301-renamed", await site.send("ada", "GET", rooms)];
  const plan = { state: "success", context: "room-operator/plan" };
  const post = await site.send("ada", "POST", `${rooms}/statuses/${NO_SHA}`, plan);
  yield ["error-301-renamed-post", post];
  await site.as("ada").done("PATCH", `${rooms}-new`, { archived: true });
  const comment = await site.send("ada", "POST", `${rooms}-new/issues/1/comments`, {
    body: "x",
  });
  yield ["error-423-archived", comment];
}
