import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import type { Assignment } from "./assign-rooms.ts";
import type { RoomIntents } from "../intent/commit-intents.ts";
import { ignoredText } from "../intent/ignored-lines.ts";
import type { CommitRange, SourceWarning } from "../source/spec-source.ts";
import { countProblems, firstProblems, shownMessageOf, shownPathOf } from "../spec/problems.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import type { FileRow, SourceRow } from "../room/rows.ts";
import { renameText } from "../source/unread-specs.ts";
import type { IntakeSource } from "./intake-deps.ts";
import { filesNotRead } from "./not-read.ts";

/** Findings that one source keeps on record; a repository decides how many there are. */
const KEPT_OF_SOURCE = 200;
/** Findings that all files of a source keep together; beyond them each file keeps one and a count. */
const KEPT_OF_FILES = 5_000;

export type FileErrors = Pick<SourceRow, "specErrors" | "specErrorCount">;

/**
 * What is wrong with the files of a snapshot, those without a room included: the count of all, and the first findings, of as
 * many files as possible. `fileRows` replaces what `index` has.
 */
export function fileErrors(
  assignment: Pick<Assignment, "files">,
  index: Pick<ReadonlyMap<string, Pick<FileRow, "errors">>, "get">,
  fileRows: ReadonlyMap<string, FileRow>,
): FileErrors {
  const broken: (readonly SpecProblem[])[] = [];
  let specErrorCount = 0;
  for (const file of assignment.files) {
    const known = (fileRows.get(file.path) ?? index.get(file.path))?.errors ?? [];
    const problems = file.kind === "refused" ? [refusalOf(file), ...known] : known;
    if (problems.length > 0) broken.push(problems);
    specErrorCount += countProblems(problems);
  }
  return { specErrors: firstOfEach(broken), specErrorCount };
}

function refusalOf(file: Extract<Assignment["files"][number], { kind: "refused" }>): SpecProblem {
  const message = shownMessageOf(`${file.reason}: ${file.message}`);
  return { path: shownPathOf(file.path), line: 1, column: 1, message };
}

/** The first finding of each file, then the second of each, and so on; by file and place again in the end. */
function firstOfEach(broken: readonly (readonly SpecProblem[])[]): readonly SpecProblem[] {
  const kept: SpecProblem[] = [];
  const longest = broken.reduce((most, { length }) => Math.max(most, length), 0);
  for (let position = 0; position < longest && kept.length < KEPT_OF_SOURCE; position += 1) {
    for (const problems of broken) {
      const problem = problems[position];
      if (problem !== undefined && kept.length < KEPT_OF_SOURCE) kept.push(problem);
    }
  }
  return kept.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

/** A file with as many findings as the source has room for: `kept` are those of its other files. */
export function withRoomFor(file: FileRow, kept: number): FileRow {
  if (kept + file.errors.length + file.warnings.length <= KEPT_OF_FILES) return file;
  const errors = firstProblems(file.errors, 1);
  return { ...file, errors, warnings: firstProblems(file.warnings, 1) };
}

/** What does not count in commits that touch no known room, or whose specs could not all be read. */
export function ignoredIntents({ unplaced, unread }: RoomIntents): SourceRow["warnings"] {
  const ignored = unplaced.map(({ commit, line, reason }): SourceRow["warnings"][number] => ({
    reason: "IntentIgnored",
    message: ignoredText({ commit, line, reason }),
    line,
  }));
  if (unread === undefined) return ignored;
  const message = `${unread} No \`Confirm\` of these commits counts; a \`Dry-Run\` in them holds every room that they change`;
  return [{ reason: "CommitsNotRead", message }, ...ignored];
}

const SAYS_WHY: ReadonlySet<string> = new Set(["NoSpecsFound", "SpecsIgnored"]);

/** What a person should know of the files of a snapshot: also that it holds no spec at all, unless `warnings` say why. */
export function snapshotWarnings(
  { path }: Pick<IntakeSource, "path">,
  { present, warnings }: { readonly present: number; readonly warnings: readonly SourceWarning[] },
): readonly SourceWarning[] {
  const isSaid = warnings.some(({ reason }) => SAYS_WHY.has(reason));
  if (present > 0 || isSaid) return warnings;
  const rename = renameText(filesNotRead(warnings));
  const what = `Path ${quoted(shortened(path, 200))} holds no spec: no file in it matches **/*.room.{yaml,yml,json}`;
  const message = rename === null ? what : `${rename}. ${what}`;
  return [{ reason: "NoSpecsFound", message }, ...warnings];
}

/** The commits behind the head were too many or too large to be read. */
export function commitsNotRead({ unread, said }: CommitRange): SourceRow["warnings"] {
  if (unread === undefined) return [];
  const dryRuns =
    said === undefined
      ? "a `Dry-Run` only of the newest"
      : said === null
        ? "every room that they change is held as a dry run, because they may ask for one"
        : "a `Dry-Run` among them holds every room that they change";
  const message = `${unread} The history counts as rewritten: no \`Confirm\` of these commits counts, ${dryRuns}, and removals are held`;
  return [{ reason: "CommitsNotRead", message }];
}
