import { expect } from "chai";
import { readEvent, type DeliveryHead } from "../../../agent/forge/webhook-event.ts";
import { matchEvent } from "../../../agent/forge/webhook-match.ts";
import { pushBody } from "../../support/a-delivery.ts";

const gitea: DeliveryHead = { forge: "gitea", event: "push", id: "1" };
const generic: DeliveryHead = { forge: "generic", event: "none", id: null };
const followed = {
  url: "https://git.test/ops/specs.git",
  ref: { kind: "branch", name: "main" },
} as const;
const read = (head: DeliveryHead, body: unknown) =>
  readEvent(head, Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));

describe("matchEvent", () => {
  for (const [name, head, body, want, why] of [
    ["the followed branch", gitea, pushBody(), "followed", null],
    [
      "its name in other letters, which forges take for one",
      gitea,
      pushBody({ repository: "Ops/Specs" }),
      "followed",
      null,
    ],
    [
      "another branch",
      gitea,
      pushBody({ ref: "refs/heads/dev" }),
      "otherRef",
      /not for the followed ref: about the branch "dev", .* the branch "main"/,
    ],
    [
      "a branch by its short name",
      gitea,
      pushBody({ ref: "main" }),
      "otherRef",
      /about the ref "main": write the full name, refs\/heads\/main, and the source follows/,
    ],
    [
      "another ref by a short name",
      gitea,
      pushBody({ ref: "dev" }),
      "otherRef",
      /about the ref "dev", and the source follows/,
    ],
    [
      "a tag of the branch's name",
      gitea,
      pushBody({ ref: "refs/tags/main" }),
      "otherRef",
      /about the tag "main"/,
    ],
    [
      "another repository",
      gitea,
      pushBody({ repository: "ops/other" }),
      "otherRepository",
      /"ops\/other", .* "ops\/specs"/,
    ],
    ["the end of a name", gitea, pushBody({ repository: "specs" }), "followed", null],
    [
      "a name that only ends alike",
      gitea,
      pushBody({ repository: "s/specs" }),
      "otherRepository",
      /"s\/specs"/,
    ],
    [
      "an issue",
      { ...gitea, event: "issues" },
      { repository: { full_name: "ops/specs" } },
      "ignored",
      /moves no branch/,
    ],
    ["no repository named", generic, { ref: "refs/heads/main" }, "followed", null],
    ["nothing named", generic, {}, "followed", null],
  ] as const) {
    it(`finds ${name}: ${want}`, () => {
      const event = read(head, body);
      if (event.kind === "invalid") throw new Error(event.why);
      const match = matchEvent(event, followed);
      expect(match.kind).to.equal(want);
      if (why !== null) expect(match.kind === "followed" ? "" : match.why).to.match(why);
    });
  }

  for (const [name, ref, pushed, want] of [
    ["the followed tag", { kind: "tag", name: "v1" }, "refs/tags/v1", "followed"],
    ["another tag", { kind: "tag", name: "v1" }, "refs/tags/v2", "otherRef"],
    ["a branch of the tag's name", { kind: "tag", name: "v1" }, "refs/heads/v1", "otherRef"],
    [
      "any tag for a version range",
      { kind: "semver", range: "^1" },
      "refs/tags/v1.2.0",
      "followed",
    ],
    [
      "a branch for a version range",
      { kind: "semver", range: "^1" },
      "refs/heads/main",
      "otherRef",
    ],
    [
      "a branch for a commit",
      { kind: "commit", oid: "a".repeat(40) },
      "refs/heads/main",
      "otherRef",
    ],
  ] as const) {
    it(`finds ${name}: ${want}`, () => {
      const event = read(gitea, pushBody({ ref: pushed }));
      if (event.kind === "invalid") throw new Error(event.why);
      expect(matchEvent(event, { ...followed, ref }).kind).to.equal(want);
    });
  }

  it("matches a forge that is below a path of its host", () => {
    const event = read(gitea, pushBody());
    if (event.kind === "invalid") throw new Error(event.why);
    const url = "http://host:3000/gitea/ops/specs.git";
    expect(matchEvent(event, { ...followed, url }).kind).to.equal("followed");
  });
});
