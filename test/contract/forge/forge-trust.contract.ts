import { expect } from "chai";
import type { Forge, ForgeAnswer } from "../../../agent/forge/forge.ts";
import { rejection } from "../../support/rejection.ts";
import { SIGNAL } from "./forge-answers.ts";
import type { ForgeWorld } from "./forge-world.ts";

const SHA = "1".repeat(40);
const STATUS = { context: "c", state: "success", description: "", targetUrl: null } as const;
const BY = { marker: "m", ownId: "1" };

/** Every question of the interfaces. */
function questions(
  forge: Forge,
  signal: AbortSignal = SIGNAL,
): Readonly<Record<string, () => Promise<ForgeAnswer<unknown>>>> {
  const { pullRequests, labels, statuses, comments } = forge;
  return {
    open: async () => pullRequests.open("main", signal),
    get: async () => pullRequests.get(1, signal),
    mergedAs: async () => pullRequests.mergedAs(SHA, "main", signal),
    files: async () => pullRequests.files(1, signal),
    named: async () => labels.named(["confirm"], signal),
    history: async () => labels.history(1, signal),
    mayWrite: async () => labels.mayWrite({ id: "1", login: "ada" }, signal),
    latest: async () => statuses.latest(SHA, "c", signal),
    set: async () => statuses.set(SHA, STATUS, signal),
    find: async () => comments.find(1, BY, signal),
    create: async () => comments.create(1, "text", signal),
    edit: async () => comments.edit({ number: 1, id: "1" }, "text", signal),
  };
}

export function trustFacts(given: () => ForgeWorld): void {
  it("says of a repository that it cannot see that it cannot, and never that there is nothing", async () => {
    const [owner = ""] = given().person("ada").login.split("/");
    const forge = given().other({ repository: `${owner}/no-such-repository` });
    for (const [name, ask] of Object.entries(questions(forge))) {
      const answer = await ask();
      expect(answer, name).to.include({ kind: "failed", reason: "ForgeNotFound" });
      expect(answer.kind === "failed" && answer.message, name).to.include("no-such-repository");
    }
  });

  it("says that its token is refused, without showing it", async () => {
    const token = "0123456789abcdef0123456789abcdef01234567";
    const forge = given().other({ token });
    for (const [name, ask] of Object.entries(questions(forge))) {
      const answer = await ask();
      expect(answer, name).to.include({ kind: "failed", reason: "ForgeTokenRefused" });
      expect(JSON.stringify(answer), name).to.not.include(token);
    }
  });

  it("rejects with the reason of its signal", async () => {
    const reason = new Error("stopping");
    for (const [name, ask] of Object.entries(questions(given().forge, AbortSignal.abort(reason)))) {
      expect(await rejection(ask()), name).to.equal(reason);
    }
  });

  it("asks for a commit by its whole id alone", async () => {
    const { pullRequests, statuses } = given().forge;
    for (const name of ["main", "1234567", "A".repeat(40)]) {
      expect(await rejection(pullRequests.mergedAs(name, "main", SIGNAL))).to.be.an("error");
      expect(await rejection(statuses.latest(name, "c", SIGNAL))).to.be.an("error");
      expect(await rejection(statuses.set(name, STATUS, SIGNAL))).to.be.an("error");
    }
  });

  it("checks what the token may do", async () => {
    const findings = await given().forge.check(SIGNAL);
    expect(findings.length).to.be.above(3);
    for (const { check, result, message } of findings) {
      expect(check).to.not.equal("");
      expect(message === "", `${check}: ${message}`).to.equal(result === "ok");
    }
    const refused = await given()
      .other({ token: "0".repeat(40) })
      .check(SIGNAL);
    expect(refused.map(({ result }) => result)).to.include("missing");
  });

  it("closes twice", () => {
    const forge = given().other({});
    forge.close();
    forge.close();
  });
}
