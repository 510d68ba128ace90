import { expect } from "chai";
import { SourcePast } from "../../../agent/intake/source-past.ts";
import type { SourceFailure } from "../../../agent/source/spec-source.ts";

const GOOD = "2026-01-01T10:00:00.000Z";
const ADVICE = "Check the source's Auth.";
const denied = (sameCredential: boolean): SourceFailure => ({
  kind: "failed",
  reason: "AuthenticationFailed",
  message: `git.test answered 401 for /specs.git. ${ADVICE}`,
  advice: ADVICE,
  ...(sameCredential ? { sameCredential } : {}),
});
const down: SourceFailure = { kind: "failed", reason: "Unreachable", message: "refused" };
const said = (past: SourcePast, failure: SourceFailure) => past.seen(failure).message;

describe("SourcePast", () => {
  it("leaves the advice out for the first two denials of a credential that worked", () => {
    const past = new SourcePast(GOOD);
    const calm = `git.test answered 401 for /specs.git. It worked until ${GOOD} with the same credential; it is asked again.`;
    expect([said(past, denied(true)), said(past, denied(true))]).to.deep.equal([calm, calm]);
    const third = `git.test answered 401 for /specs.git. It worked until ${GOOD}. ${ADVICE}`;
    expect([said(past, denied(true)), said(past, denied(true))]).to.deep.equal([third, third]);
  });

  it("counts denials in a row: another failure or a good look starts over", () => {
    const past = new SourcePast(GOOD);
    past.seen(denied(true));
    past.seen(denied(true));
    past.seen(down);
    expect(said(past, denied(true))).to.include("it is asked again");
    past.seen(denied(true));
    past.lastGoodAfter(GOOD, { kind: "ok" }, GOOD);
    expect(said(past, denied(true))).to.include("it is asked again");
  });

  it("gives the advice at once where the credential did not work since the start, or never", () => {
    expect(said(new SourcePast(GOOD), denied(false))).to.match(
      /worked until 2026.*Check the source's Auth\.$/,
    );
    expect(new SourcePast(null).seen(denied(false))).to.deep.equal(denied(false));
  });

  it("says that a web page is a matter of account, sign-in or maintenance where it worked before", () => {
    const page: SourceFailure = {
      kind: "failed",
      reason: "ProtocolError",
      message: "git.test answered 200 with a web page. Check that the URL is right.",
      advice: "Check that the URL is right.",
    };
    expect(said(new SourcePast(GOOD), page)).to.equal(
      `git.test answered 200 with a web page. It worked until ${GOOD}; the server now sends a web page: account, sign-in or maintenance. Open Url in a browser.`,
    );
    expect(said(new SourcePast(null), page)).to.equal(page.message);
  });

  it("dates a repository that is gone, and nothing that says nothing about access", () => {
    const gone: SourceFailure = { kind: "failed", reason: "RepositoryNotFound", message: "404." };
    expect(said(new SourcePast(GOOD), gone)).to.equal(`404. It worked until ${GOOD}.`);
    expect(said(new SourcePast(GOOD), down)).to.equal(down.message);
  });

  it("stores a good time once an hour, and the exact one when the source begins to fail", () => {
    const past = new SourcePast(GOOD);
    const at = (time: string) => `2026-01-01T${time}.000Z`;
    expect(past.lastGoodAfter(GOOD, { kind: "ok" }, at("10:59:59"))).to.equal(GOOD);
    expect(past.lastGoodAfter(GOOD, down, at("11:00:10"))).to.equal(at("10:59:59"));
    expect(past.lastGoodAfter(at("10:59:59"), { kind: "ok" }, at("12:00:00"))).to.equal(
      at("12:00:00"),
    );
    expect(past.lastGoodAfter(null, { kind: "ok" }, at("12:00:01"))).to.equal(at("12:00:01"));
  });
});
