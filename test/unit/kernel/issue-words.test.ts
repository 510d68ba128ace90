import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { WORDED } from "../../../agent/kernel/issue-words.ts";
import { PROJECT } from "../../support/page.ts";

const ROWS: readonly (readonly [what: string, z.ZodType, value: unknown, message: string])[] = [
  ["a member that is missing", z.string(), undefined, "is missing"],
  ["a choice that is missing", z.enum(["a", "b"]), undefined, "is missing"],
  ["a number for a text", z.string(), 1, "expected text, got a number"],
  ["nothing for a list", z.array(z.string()), null, "expected a list, got nothing"],
  ["a list for an object", z.object({}), [], "expected an object, got a list"],
  ["a fraction", z.int(), 1.5, "expected a whole number, got a number"],
  ["a text for a boolean", z.boolean(), "yes", "expected true or false, got text"],
  ["an empty text", z.string().min(1), "", "is empty"],
  ["a short text", z.string().min(3), "a", "is shorter than 3 characters"],
  ["a long text", z.string().max(3), "abcd", "is longer than 3 characters"],
  ["an empty list", z.array(z.int()).min(1), [], "is empty"],
  ["a short list", z.array(z.int()).min(2), [1], "has fewer than 2 entries"],
  ["a long list", z.array(z.int()).max(1), [1, 2], "has more than 1 entries"],
  ["a small number", z.int().min(1), 0, "is too small: expected 1 or more"],
  ["a number that is not positive", z.int().positive(), 0, "is too small: expected more than 0"],
  ["a large number", z.int().max(9), 10, "is too large: expected 9 or less"],
  ["another choice", z.enum(["a", "b"]), "c", "is not one of a, b"],
  ["another constant", z.literal(true), false, "is not true"],
  ["an unknown member", z.strictObject({}), { b: 1 }, "has a member that it may not have"],
  ["a time without a zone", z.iso.datetime(), "2026-01-31", "is not an ISO time"],
  ["a text of another form", z.string().regex(/^a$/), "secret", "has another form"],
  ["none of several forms", z.union([z.int(), z.boolean()]), "secret", "has another form"],
  ["what the schema words itself", z.string().min(1, "is empty: say why"), "", "is empty: say why"],
];

describe("what zod finds", () => {
  for (const [what, schema, value, message] of ROWS) {
    it(`is worded for ${what}`, () => {
      expect(schema.safeParse(value, WORDED).error?.issues[0]?.message).to.equal(message);
    });
  }

  it("is worded wherever it can be shown", () => {
    const places = ["agent", "devserver"].flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .flatMap((name) => unwordedIn(`${folder}/${name}`)),
    );
    // Of these, only whether there is an error counts; a configuration is explained by the notes of its keys.
    expect(places.toSorted()).to.deep.equal([
      "agent/cli/accept.ts",
      "agent/cli/agent-client.ts",
      "agent/cli/agent-client.ts",
      "agent/cli/suspend.ts",
      "agent/config/load-config.ts",
      "agent/forge/gitea-bootstrap/admin-api.ts",
      "agent/forge/gitea-bootstrap/admin-api.ts",
      "agent/forge/gitea-bootstrap/bootstrap.ts",
      "agent/forge/gitea-bootstrap/repository-steps.ts",
      "agent/forge/gitea-bootstrap/repository-steps.ts",
      "agent/forge/gitea/gitea-read.ts",
      "agent/forge/library-failure.ts",
      "agent/run/doctor-port.ts",
    ]);
  });
});

/** The file once for each value that it checks without words for people. */
function unwordedIn(file: string): readonly string[] {
  return readFileSync(join(PROJECT, file), "utf8")
    .split("\n")
    .filter((line) => /\.safeParse(?:Async)?\(/.test(line))
    .filter((line) => !/, WORDED\)|error: /.test(line))
    .map(() => file);
}
