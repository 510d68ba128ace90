import { expect } from "chai";
import type { CommitStatus } from "../../../agent/forge/forge.ts";
import { SIGNAL, valueOf } from "./forge-answers.ts";
import type { ForgeWorld } from "./forge-world.ts";

const PLAN = "room-operator/plan";

export function statusFacts(given: () => ForgeWorld): void {
  const head = async () => (await given().refAt("refs/heads/main")) ?? "";
  const set = async (sha: string, status: Partial<CommitStatus>) =>
    given().forge.statuses.set(
      sha,
      {
        context: PLAN,
        state: "success",
        description: "2 rooms change",
        targetUrl: "https://agent.example.org/status",
        ...status,
      },
      SIGNAL,
    );
  const latest = async (sha: string, context = PLAN) =>
    valueOf(await given().forge.statuses.latest(sha, context, SIGNAL));

  it("has no status of a context before one is written", async () => {
    expect(await latest(await head())).to.equal(null);
  });

  it("reads back the newest of each context", async () => {
    const sha = await head();
    const states = ["pending", "failure", "error", "success"] as const;
    const hasBoth = !given().lacks.has("twoFailures");
    for (const state of states.filter((each) => hasBoth || each !== "error")) {
      valueOf(await set(sha, { state, description: `it is ${state}` }));
      expect(await latest(sha)).to.deep.equal({
        context: PLAN,
        state,
        description: `it is ${state}`,
        targetUrl: "https://agent.example.org/status",
      });
    }
    valueOf(await set(sha, { context: "room-operator/sync", state: "pending", targetUrl: null }));
    expect(await latest(sha, "room-operator/sync")).to.include({
      state: "pending",
      targetUrl: null,
    });
    expect(await latest(sha)).to.include({ state: "success" });
  });

  it("counts the same once more as written", async () => {
    const sha = await head();
    const same = { context: "room-operator/same", state: "pending" } as const;
    valueOf(await set(sha, same));
    valueOf(await set(sha, same));
    expect(await latest(sha, same.context)).to.include({ state: "pending" });
  });

  it("cuts a description to one line of 140 characters", async () => {
    const sha = await head();
    const context = "room-operator/long";
    valueOf(await set(sha, { context, description: `first\nsecond ${"ä".repeat(300)}` }));
    const { description } = (await latest(sha, context)) ?? { description: "" };
    expect(description).to.match(/^first second ä+…$/);
    expect(description.length).to.equal(140);
  });

  it("does not count as written what the forge has no commit for", async () => {
    const answer = await set("1".repeat(40), {});
    expect(answer.kind).to.equal("failed");
  });
}
