import { expect } from "chai";
import { emptiedBy, emptiedFailure } from "../../../agent/intake/emptied-source.ts";
import type { SourceWarning } from "../../../agent/source/spec-source.ts";
import { misnamedWarnings, unreadWarnings } from "../../../agent/source/unread-specs.ts";

const OTHERWISE = "If none is meant to be a spec, ";

interface Given {
  readonly rooms?: readonly string[];
  readonly isFolder?: boolean;
  readonly ref?: string;
  readonly ignored?: ReadonlyMap<string, string>;
  readonly warnings?: readonly SourceWarning[];
  /** Of the snapshot before. */
  readonly before?: readonly SourceWarning[];
}

function failure({
  rooms = ["solo-01"],
  isFolder = false,
  ref = "main",
  ignored,
  warnings = [],
  before = [],
}: Given) {
  const emptied = emptiedBy({ source: "specs", rooms, ignored, withoutCommits: isFolder });
  const spec = isFolder ? ({ withoutCommits: true } as const) : {};
  return emptiedFailure(emptied, warnings, {
    source: { name: "specs", ref, spec },
    record: { row: { warnings: before } },
    index: new Map([["rooms/solo.room.yaml", {}]]),
  });
}

describe("the failure of a source that was emptied", () => {
  it("says first how to rename a spec that lost its name, in message and next step", () => {
    const rename = "Rename rooms/solo.yaml to rooms/solo.room.yaml";
    const warnings = unreadWarnings(["rooms/solo.yaml"]);
    const { message, next } = failure({ warnings });
    expect(message).to.equal(
      `${rename}: source "specs" holds no spec any more, because files with other names are not read; ` +
        `1 room came from it and stays as it is. ${OTHERWISE}a commit with \`Confirm: solo-01\` gives up every room`,
    );
    expect(next).to.equal(`${rename}, and push it to main`);
    const folder = failure({ warnings, isFolder: true });
    expect(folder.message)
      .to.match(/^Rename rooms\/solo\.yaml to /)
      .and.not.match(/Confirm|push/i);
    expect(folder.next).to.equal(rename);
  });

  it("says that the rooms are given up by a confirmation, and by `AllowEmpty`", () => {
    expect(failure({ rooms: ["a-01", "b-01"] }).message).to.equal(
      'source "specs" holds no spec any more, but 2 rooms came from it and stay as they are. Push a spec again. ' +
        "To give all these rooms up, name every room in one commit (`Confirm: a-01, b-01`), or set AllowEmpty",
    );
    expect(failure({ isFolder: true }).message).to.equal(
      'source "specs" holds no spec any more, but 1 room came from it and stays as it is. Put a spec back (rooms: solo-01). ' +
        "To give this room up, set AllowEmpty",
    );
  });

  it("says that the tag has to be moved where one is followed", () => {
    const warnings = unreadWarnings(["rooms/solo.yaml"]);
    expect(failure({ warnings, ref: "tag v1" }).next).to.match(
      /, and push it and move the tag that the source follows \(tag v1\)$/,
    );
    const { message } = failure({ ref: "tag v1" });
    expect(message).to.match(/or set AllowEmpty\. Then move the tag to the new commit, .*v1`$/);
    expect(failure({}).message).to.match(/or set AllowEmpty$/);
  });

  it("names each file whose name is almost that of a spec, and the first ones of many", () => {
    const wrong = ["a.room.YAML", "b.room.yml.txt", ".room.json"];
    expect(failure({ warnings: misnamedWarnings(wrong) }).message).to.match(
      /^Rename a\.room\.YAML to a\.room\.yaml, b\.room\.yml\.txt to b\.room\.yml, \.room\.json to NAME\.room\.json: /,
    );
    const many = Array.from({ length: 7 }, (_, at) => `${at}.yaml`);
    expect(failure({ warnings: unreadWarnings(many) }).next).to.match(
      /^Rename 0\.yaml to .* 4\.yaml to 4\.room\.yaml, … \(7 in all\), and push it to main$/,
    );
  });

  it("does not name a file that was there before, unless a spec had its name", () => {
    const template = unreadWarnings(["template.yaml"]);
    const { message, next } = failure({ warnings: template, before: template });
    expect(next).to.match(
      /^Push a spec\. To give this room up, .*\(`Confirm: [^`]+`\), or set `AllowEmpty`$/,
    );
    expect(message).to.match(
      /^source "specs" holds no spec any more, but 1 room came from it and /,
    );
    expect(message).to.include(", or set AllowEmpty. A file has kind: RoomSpec and is not read");
    const copy = unreadWarnings(["rooms/solo.yaml", "template.yaml"]);
    expect(failure({ warnings: copy, before: copy }).next).to.equal(
      "Rename rooms/solo.yaml to rooms/solo.room.yaml, and push it to main",
    );
  });

  it("has a next step of its own for a folder and for specs that are kept out", () => {
    const folder = failure({ isFolder: true, rooms: ["a-01", "b-01"] });
    expect(folder.next).to.equal("Put a spec back, or set `AllowEmpty`");
    expect(folder.message).to.include("2 rooms came from it and stay as they are");
    const ignored = new Map([["rooms/solo.room.yaml", "matched by Exclude"]]);
    expect(failure({ ignored }).next).to.equal("Correct the patterns, or set `AllowEmpty`");
  });
});
