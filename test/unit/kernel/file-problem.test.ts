import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { fileProblem } from "../../../agent/kernel/file-problem.ts";
import { rejection } from "../../support/rejection.ts";

describe("why a file cannot be read", () => {
  for (const [what, path, words] of [
    ["is missing", "/nowhere/at/all", "it does not exist"],
    ["is a folder", "/", "it is a folder"],
    ["has a file on its way", "/etc/passwd/x", "a part of its path is not a folder"],
  ] as const) {
    it(`is said of one that ${what}`, async () => {
      expect(fileProblem(await rejection(readFile(path)))).to.equal(words);
    });
  }

  for (const [error, words] of [
    [
      Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: "EACCES" }),
      "permission denied",
    ],
    [Object.assign(new Error("EODD: odd, open '/x'"), { code: "EODD", syscall: "open" }), "EODD"],
    [new Error("odd"), "odd"],
    [new OperatorError("IgnoreFileInvalid", "a reason"), "a reason"],
  ] as const) {
    it(`is ${JSON.stringify(words)} of ${JSON.stringify(error.message)}`, () => {
      expect(fileProblem(error)).to.equal(words);
    });
  }
});
