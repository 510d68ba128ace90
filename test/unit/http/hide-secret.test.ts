import { expect } from "chai";
import { formsOf, hideSecret } from "../../../agent/http/hide-secret.ts";

const hidden = (text: string, secret: string) => hideSecret(text, formsOf(secret), "[redacted]");

describe("a text that a server had a say in", () => {
  it("is shown without a secret, whole or cut off, in each of its forms", () => {
    expect(hidden("no s3cret/7 here", "s3cret/7")).to.equal("no [redacted] here");
    expect(hidden("no s3cret%2F7 here", "s3cret/7")).to.equal("no [redacted] here");
    expect(hidden("no s3cre…", "s3cret/7")).to.equal("no [redacted]…");
  });

  it("is left as it is where the secret is too short to be one", () => {
    expect(hidden("quota exceeded", "x")).to.equal("quota exceeded");
    expect(hidden("no abc here", "abc")).to.equal("no abc here");
    expect(hidden("no abcd here", "abcd")).to.equal("no [redacted] here");
  });
});
