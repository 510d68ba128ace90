import { expect } from "chai";
import { pullRequestKey, type PullRequestRow } from "../../../agent/room/shown-plan.ts";
import { followRepository, readForge, readPullRequests } from "../../../agent/store/shown-plans.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const HERE = { apiUrl: "https://git.test/api/v1", repository: "rooms/specs" };

describe("what is remembered of a forge", () => {
  let store: MemoryStore;
  beforeEach(async () => {
    store = new MemoryStore(() => 0);
    await followRepository(store, "specs", HERE);
    const forge = { ...(await readForge(store, "specs")), labelIds: { confirm: "1" }, ownId: "9" };
    await store.write([
      { kind: "document", collection: "forge", key: "specs", document: forge },
      ...["specs", "others"].map((source) => {
        const document: PullRequestRow = { source, number: 5, commentId: "3", plans: [] };
        const key = pullRequestKey(source, 5);
        return { kind: "document", collection: "pullRequest", key, document } as const;
      }),
    ]);
  });

  it("stays while the source is read from the same repository", async () => {
    await followRepository(store, "specs", HERE);
    expect((await readForge(store, "specs")).labelIds).to.deep.equal({ confirm: "1" });
    expect([...(await readPullRequests(store, "specs")).keys()]).to.deep.equal([5]);
  });

  it("is forgotten in another repository, where the same numbers mean something else", async () => {
    const at = { ...HERE, repository: "rooms/moved" };
    await followRepository(store, "specs", at);
    expect(await readForge(store, "specs")).to.deep.equal({ labelIds: {}, ownId: "9", at });
    expect([...(await readPullRequests(store, "specs")).keys()]).to.deep.equal([]);
    expect([...(await readPullRequests(store, "others")).keys()]).to.deep.equal([5]);
  });

  it("is forgotten on another forge, and who the agent is there", async () => {
    const at = { ...HERE, apiUrl: "https://new.test/api/v1" };
    await followRepository(store, "specs", at);
    expect(await readForge(store, "specs")).to.deep.equal({ labelIds: {}, ownId: null, at });
  });
});
