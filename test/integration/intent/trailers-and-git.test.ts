import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import * as fc from "fast-check";
import { parseTrailers, type Trailer } from "../../../agent/intent/trailers.ts";
import { acceptedMessages, ignoredMessages } from "../../support/commit-messages.ts";

/** What `git interpret-trailers --parse` reads in each message, as lines; one process for all of them. */
async function gitTrailers(messages: readonly string[]): Promise<readonly (readonly string[])[]> {
  const folder = await mkdtemp(join(tmpdir(), "trailers-"));
  try {
    const names = messages.map((_, index) => `${index}`);
    await Promise.all(
      names.map((name, index) => writeFile(join(folder, name), messages[index] ?? "")),
    );
    await promisify(execFile)("git", ["interpret-trailers", "--in-place", "--parse", ...names], {
      cwd: folder,
      timeout: 20_000,
      env: { PATH: process.env["PATH"], GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    });
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    return texts.map((text) => text.split("\n"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The trailer as git prints it: the value is read back from the message, so lists keep their spelling. */
function asGitPrints(trailer: Trailer, message: string): string {
  const key = trailer.kind === "confirm" ? "Confirm" : "Dry-Run";
  const line = message.split(/\r?\n/u).findLast((candidate) => candidate.startsWith(`${key}: `));
  return line ?? `${key} is not in the message`;
}

function disagreements(messages: readonly string[], git: readonly (readonly string[])[]): string[] {
  return messages.flatMap((message, index) =>
    parseTrailers(message)
      .trailers.map((trailer) => asGitPrints(trailer, message))
      .filter((line) => !git[index]?.includes(line))
      .map((line) => `${JSON.stringify(message)}: git does not read ${line}`),
  );
}

/** Messages made of what trailers are made of, so that a good part of them carries some that count. */
const generatedMessage = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom("Confirm: true", "Dry-Run: true", "Confirm: room-a, room-b"),
      },
      {
        weight: 6,
        arbitrary: fc.constantFrom("", "", "", " ", "\t", "\r", "\v", "\f", "\u00A0", "\u2028"),
      },
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          "Signed-off-by: A <a@b.c>",
          "Fixes: 1",
          "-: x",
          "key with words: x",
          "Key\t : x",
          "(cherry picked from commit 0123)",
          "Conflicts:",
          "\ta.txt",
          "# remark",
          "#",
          "prose without a colon",
          "  indented",
          "---",
          "--- a/b",
          "----",
          "---:",
          ": x",
          'Revert "T"',
          "This reverts commit 0123.",
          `# ${"-".repeat(24)} >8 ${"-".repeat(24)}`,
          "диалог: x",
          "a=b",
          "http://x/",
        ),
      },
      { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "confirm : TRUE",
          "Confirm:true",
          " Confirm: true",
          "Confirm: ",
          "dry-run: room-a",
        ),
      },
    ),
    { minLength: 1, maxLength: 9 },
  )
  .chain((lines) =>
    fc.constantFrom("\n", "\n", "\r\n").map((end) => `Subject${end}${end}${lines.join(end)}${end}`),
  );

describe("our trailers and git's", () => {
  it("are the same for every message that counts", async () => {
    const messages = acceptedMessages.map((entry) => entry.message);
    expect(disagreements(messages, await gitTrailers(messages))).to.deep.equal([]);
  });

  it("differ where the table says that git is more generous", async () => {
    const generous = ignoredMessages.filter((entry) => entry.name.includes("(git does)"));
    const read = await gitTrailers(generous.map((entry) => entry.message));
    for (const [index, lines] of read.entries()) {
      expect(lines.join("\n"), generous[index]?.name).to.match(/^confirm: /imu);
    }
    expect(generous.length).to.be.greaterThan(4);
  });

  it("are a subset: what we accept, git accepts with the same key and value", async () => {
    const messages = fc.sample(generatedMessage, { numRuns: 800 });
    const accepted = messages.filter((message) => parseTrailers(message).trailers.length > 0);
    expect(accepted.length, "messages in which something counts").to.be.greaterThan(60);
    expect(disagreements(accepted, await gitTrailers(accepted))).to.deep.equal([]);
  });
});
