import { expect } from "chai";
import { readEvent, readHead, type DeliveryHead } from "../../../agent/forge/webhook-event.ts";
import { aDelivery, giteaHeaders, pushBody, type Headers } from "../../support/a-delivery.ts";

const A = "1".repeat(40);
const B = "2".repeat(40);
const ZEROS = "0".repeat(40);

const headOf = (headers: Headers) => readHead(aDelivery(headers, ""));
const gitea: DeliveryHead = { forge: "gitea", event: "push", id: "1" };
const github: DeliveryHead = { forge: "github", event: "push", id: "1" };
const gitlab: DeliveryHead = { forge: "gitlab", event: "Push Hook", id: "1" };
const generic: DeliveryHead = { forge: "generic", event: "none", id: null };
const read = (head: DeliveryHead, body: unknown) =>
  readEvent(head, Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));

describe("readHead", () => {
  it("reads Gitea's own headers before those of GitHub, which it sends too", () => {
    const headers = [...giteaHeaders("{}")].map(
      ([name, value]) => [name, name === "X-GitHub-Event" ? "other" : value] as const,
    );
    expect(headOf(headers)).to.deep.equal({
      forge: "gitea",
      event: "push",
      id: "070942f7-dcfa-4295-be77-d15965edc022",
    });
  });

  for (const [name, headers, want] of [
    [
      "GitHub",
      [
        ["X-GitHub-Event", "push"],
        ["X-GitHub-Delivery", "d-1"],
      ],
      { forge: "github", event: "push", id: "d-1" },
    ],
    [
      "GitLab with a signing token",
      [
        ["X-Gitlab-Event", "Push Hook"],
        ["webhook-id", "msg_1"],
        ["Idempotency-Key", "k"],
      ],
      { forge: "gitlab", event: "Push Hook", id: "msg_1" },
    ],
    [
      "GitLab with a secret token",
      [
        ["X-Gitlab-Event", "Tag Push Hook"],
        ["Idempotency-Key", "k"],
      ],
      { forge: "gitlab", event: "Tag Push Hook", id: "k" },
    ],
    ["a program", [], { forge: "generic", event: "none", id: null }],
    [
      "an event that no log should show",
      [["X-GitHub-Event", "a\u202eb"]],
      { forge: "github", event: "unknown", id: null },
    ],
    [
      "an id that no log should show",
      [
        ["X-GitHub-Event", "push"],
        ["X-GitHub-Delivery", "a".repeat(129)],
      ],
      { forge: "github", event: "push", id: null },
    ],
  ] as const) {
    it(`reads ${name}`, () => expect(headOf(headers)).to.deep.equal(want));
  }
});

describe("readEvent", () => {
  for (const [name, head, body, number] of [
    ["Gitea", { ...gitea, event: "pull_request" }, { number: 7 }, 7],
    ["GitHub", { ...github, event: "pull_request" }, { number: 8, action: "labeled" }, 8],
    ["GitLab", { ...gitlab, event: "Merge Request Hook" }, { object_attributes: { iid: 9 } }, 9],
    ["one that does not say which", { ...gitea, event: "pull_request" }, {}, null],
  ] as const) {
    it(`reads the number of a pull request, as ${name} sends it`, () => {
      const event = { kind: "pullRequest", number, repository: null };
      expect(read(head, body)).to.deep.equal(event);
    });
  }

  it("refuses a number of a pull request that is none", () => {
    for (const number of [0, -1, 1.5, "7"])
      expect(read({ ...gitea, event: "pull_request" }, { number }).kind).to.equal("invalid");
  });

  const ref = (kind: string, name: string, before: string | null, commit: string | null) => ({
    kind: "ref",
    ref: { kind, name },
    before,
    commit,
    repository: "ops/specs",
  });
  const short = (event: string): DeliveryHead => ({ ...gitea, event });
  for (const [name, head, body, want] of [
    ["a push", gitea, pushBody(), ref("branch", "main", A, B)],
    ["a push of GitHub", github, pushBody(), ref("branch", "main", A, B)],
    [
      "a branch with slashes",
      gitea,
      pushBody({ ref: "refs/heads/feature/a" }),
      ref("branch", "feature/a", A, B),
    ],
    ["a new branch", gitea, pushBody({ before: ZEROS }), ref("branch", "main", null, B)],
    [
      "a deleted branch of GitHub",
      github,
      pushBody({ after: ZEROS }),
      ref("branch", "main", A, null),
    ],
    [
      "a SHA-256 repository",
      gitea,
      pushBody({ before: "0".repeat(64), after: "a".repeat(64) }),
      ref("branch", "main", null, "a".repeat(64)),
    ],
    [
      "a tag, whose object no poll shows as a head",
      gitea,
      pushBody({ ref: "refs/tags/v1", before: ZEROS }),
      ref("tag", "v1", null, null),
    ],
    [
      "a deleted tag whose forge does not say where it was",
      gitea,
      pushBody({ ref: "refs/tags/v1", before: ZEROS, after: ZEROS }),
      ref("tag", "v1", null, null),
    ],
    [
      "another ref",
      gitea,
      pushBody({ ref: "refs/pull/1/head" }),
      ref("other", "refs/pull/1/head", A, null),
    ],
    ["a test", gitea, pushBody({ before: A, after: A }), { kind: "ping", repository: "ops/specs" }],
    [
      "a ping of GitHub",
      { ...github, event: "ping" },
      { zen: "x", repository: { full_name: "ops/specs" } },
      { kind: "ping", repository: "ops/specs" },
    ],
    [
      "a branch deleted on Gitea, which is no push",
      short("delete"),
      { ref: "main", ref_type: "branch", repository: { full_name: "ops/specs" } },
      ref("branch", "main", null, null),
    ],
    [
      "a branch renamed on Gitea, which is no push",
      short("create"),
      { ref: "main", ref_type: "branch", sha: B, repository: { full_name: "ops/specs" } },
      ref("branch", "main", null, null),
    ],
    [
      "a pull request",
      short("pull_request"),
      { action: "opened", repository: { full_name: "ops/specs" } },
      { kind: "pullRequest", number: null, repository: "ops/specs" },
    ],
    [
      "a push of GitLab",
      gitlab,
      {
        ref: "refs/heads/main",
        before: A,
        after: B,
        project: { path_with_namespace: "ops/specs" },
        repository: { name: "specs" },
      },
      ref("branch", "main", A, B),
    ],
    [
      "a merge request of GitLab",
      { ...gitlab, event: "Merge Request Hook" },
      { project: { path_with_namespace: "ops/specs" } },
      { kind: "pullRequest", number: null, repository: "ops/specs" },
    ],
    ["a program that says nothing", generic, {}, { kind: "repository", repository: null }],
    [
      "a program that names a ref",
      generic,
      { ref: "refs/heads/main" },
      { ...ref("branch", "main", null, null), repository: null },
    ],
    [
      "a program that names a commit",
      generic,
      { ref: "refs/heads/main", after: B },
      { ...ref("branch", "main", null, B), repository: null },
    ],
  ] as const) {
    it(`reads ${name}`, () => expect(read(head, body)).to.deep.equal(want));
  }

  for (const [name, body, why] of [
    ["nothing", "", /not JSON in UTF-8/],
    ["text", "ref=main", /not JSON/],
    ["a form", `payload=${encodeURIComponent(pushBody())}`, /not JSON/],
    ["an array", [], /not a JSON object/],
    ["null", null, /not a JSON object/],
    ["a number", 7, /not a JSON object/],
    ["deep lists", "[".repeat(100_000), /not JSON/],
    ["no ref", { after: B }, /: ref is missing$/],
    ["a ref of another type", { ref: 7, after: B }, /ref expected text, got a number$/],
    ["an empty ref", { ref: "", after: B }, /ref is empty$/],
    ["a ref without end", { ref: "r".repeat(1025), after: B }, /ref /],
    ["no commit", { ref: "refs/heads/main" }, /: after is missing$/],
    [
      "a commit that is none",
      { ref: "refs/heads/main", after: "main" },
      /after is not an object id/,
    ],
    ["a commit of another type", { ref: "refs/heads/main", after: [B] }, /after /],
    [
      "a repository of another type",
      { ref: "refs/heads/main", after: B, repository: "ops/specs" },
      /repository /,
    ],
    [
      "a repository without a name",
      { ref: "refs/heads/main", after: B, repository: { full_name: 7 } },
      /repository.full_name /,
    ],
  ] as const) {
    it(`says what is wrong with ${name}`, () => {
      const event = read(gitea, body);
      expect(event.kind).to.equal("invalid");
      expect(event.kind === "invalid" && event.why).to.match(why);
    });
  }

  it("takes no member that an object only inherits, and quotes nothing of the body", () => {
    const event = read(gitea, '{"__proto__": {"ref": "refs/heads/main"}, "after": "secret"}');
    expect(event.kind).to.equal("invalid");
    expect(JSON.stringify(event)).not.to.include("secret");
  });

  it("refuses a body that is not UTF-8", () => {
    expect(readEvent(gitea, Buffer.from([0x7b, 0xff, 0x7d])).kind).to.equal("invalid");
  });
});
