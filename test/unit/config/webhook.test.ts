import { expect } from "chai";
import { readCredential } from "../../../agent/config/credential.ts";
import { accepted, refused, withSource } from "../../support/load-settings.ts";

const webhookOf = async (settings: object, env: Record<string, string> = {}) => {
  const { git } = await accepted(withSource({ Webhook: settings }), env);
  return git.sources[0]?.webhook;
};

describe("Git.Sources[].Webhook", () => {
  it("is none without a secret", async () => {
    expect(await webhookOf({})).to.equal(null);
    const { git } = await accepted(withSource({}));
    expect(git.sources[0]?.webhook).to.equal(null);
  });

  it("takes a secret from the environment or from a file", async () => {
    const webhook = await webhookOf(
      { Secret: "${HOOK}", PreviousSecretFile: "old" },
      { HOOK: "s 1" },
    );
    if (webhook == null) throw new Error("no webhook");
    expect((await readCredential(webhook.secret)).reveal()).to.equal("s 1");
    expect(webhook.previous).to.include({ kind: "file", holds: "secret" });
    expect(JSON.stringify(webhook)).not.to.include("s 1");
    const byVariable = { Git__Sources__0__Webhook__SecretFile: "/run/hook" };
    const { git } = await accepted(withSource({}), byVariable);
    expect(git.sources[0]?.webhook).to.deep.equal({
      secret: { kind: "file", path: "/run/hook", holds: "secret" },
      previous: null,
    });
  });

  for (const [name, settings, key, message] of [
    [
      "a secret twice",
      { Secret: "a", SecretFile: "b" },
      "SecretFile",
      /is set as well as Secret; keep one/,
    ],
    [
      "a previous secret twice",
      { Secret: "a", PreviousSecret: "a", PreviousSecretFile: "b" },
      "PreviousSecretFile",
      /as well as PreviousSecret/,
    ],
    [
      "a previous secret alone",
      { PreviousSecret: "a" },
      "PreviousSecret",
      /needs Secret or SecretFile/,
    ],
    ["an empty secret", { Secret: "" }, "Secret", /must be a line of text/],
    ["a secret of two lines", { Secret: "canary\nb" }, "Secret", /what is there is not shown/],
    ["a mistyped key", { Secrets: "a" }, "Secrets", /did you mean Secret\?/],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const problems = await refused(withSource({ Webhook: settings }));
      expect(problems.map((problem) => problem.key)).to.deep.equal([
        `Git.Sources[0].Webhook.${key}`,
      ]);
      expect(problems[0]?.message).to.match(message);
      expect(JSON.stringify(problems)).not.to.include("canary");
    });
  }
});
