import { expect } from "chai";
import {
  endsInDryRun,
  lookAlike,
  mayHold,
  mayLookAlike,
  withoutColon,
} from "../../../agent/intent/look-alike.ts";

const KEYS = ["confirm", "x-confirm", "dry-run", "dryrun", "x-dry-run", "Dry_Run", "DRY RUN"];
const LETTERS = [...Array.from("acdeimnorxyz-_ *:=."), "\u0441", "\u0131"];

/** Every text that is one letter off: one missing, wrong, too many, or two that changed places. */
function slips(word: string): readonly string[] {
  return Array.from({ length: word.length + 1 }, (_, at) => {
    const [before, after] = [word.slice(0, at), word.slice(at)];
    const swapped = `${before}${after[1] ?? ""}${after[0] ?? ""}${after.slice(2)}`;
    const others = LETTERS.flatMap((one) => [
      `${before}${one}${after}`,
      `${before}${one}${after.slice(1)}`,
    ]);
    return [`${before}${after.slice(1)}`, swapped, ...others];
  }).flat();
}

const LINES = KEYS.flatMap((key) => [
  key,
  ...slips(key),
  ...slips(key).map((one) => one.toUpperCase()),
])
  .flatMap((key) => [`${key}: true`, `  > ${key} * = room-a`, `**${key}**: no`])
  .flatMap((line) => [line, `Shrink it. ${line}`]);

describe("the quick look at a line", () => {
  it("passes every line that looks like a trailer, however its key is misspelt", () => {
    const like = LINES.filter((line) => lookAlike(line) !== null);
    expect(like.length).to.be.greaterThan(1000);
    expect(like.filter((line) => !mayLookAlike(line))).to.deep.equal([]);
    const dry = like.filter((line) => lookAlike(line)?.kind === "dryRun");
    expect(dry.filter((line) => !mayHold(line))).to.deep.equal([]);
  });

  it("passes every line that ends in a dry run", () => {
    const ends = [
      "Dry-Run: true",
      "dry run = yes.",
      "dryrun         :         TRUE!",
      "dry_run\uFF1A true",
      "\uFF24ry-Run: true",
    ].map((end) => `Shrink the room. ${end}`);
    expect(ends.filter((line) => !endsInDryRun(line, false))).to.deep.equal([]);
    expect(ends.filter((line) => !mayLookAlike(line))).to.deep.equal([]);
  });

  it("passes every line that lacks its colon", () => {
    const values = ["true", "yes", "False", "room-01, lab", "room-01", ""];
    const all = [...KEYS, "Confirm", "Dry-Run", "Override-Window"].flatMap((key) =>
      values.flatMap((value) => [`${key} ${value}`, `> ${key}  ${value}`, `${key} - ${value}.`]),
    );
    const like = all.filter((line) => withoutColon(line, true) !== null);
    expect(like.length).to.be.greaterThan(80);
    expect(like.filter((line) => !mayLookAlike(line))).to.deep.equal([]);
    const dry = like.filter((line) => withoutColon(line, true)?.kind === "dryRun");
    expect(dry.filter((line) => !mayHold(line))).to.deep.equal([]);
  });

  it("takes an answer for one, and prose that begins with it for none", () => {
    const kind = (line: string) => withoutColon(line, false)?.kind ?? null;
    const meant = ["Dry-Run true", "Dry-Run on", "Dry-Run true, please", "Dry-Run true (today)"];
    expect(meant.map(kind)).to.deep.equal(meant.map(() => "dryRun"));
    const prose = [
      "Dry-Run on staging first",
      "Confirm no removals happen",
      "Dry-Run off by default",
    ];
    expect(prose.map(kind)).to.deep.equal(prose.map(() => null));
  });

  it("stops plain text, and lines with a colon", () => {
    const plain = ["a:b", "Fixes: 12", "Signed-off-by: A <a@b.c>", "We confirm what we run.", ""];
    expect(plain.filter((line) => mayLookAlike(line))).to.deep.equal([]);
    expect(mayHold("Confirm: true")).to.equal(false);
  });
});
