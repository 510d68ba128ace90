import { fileProblem } from "../kernel/file-problem.ts";
import path from "node:path";
import { parseArgs } from "node:util";
import { claimedTwiceText } from "../intake/refused-claims.ts";
import { listed } from "../kernel/shortened.ts";
import { quoted } from "../spec/finding.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import { atTop, checkSpecFile, ODD_NAME, oddName } from "./check-spec-file.ts";
import type { FileReport } from "./check-spec-file.ts";
import type { CommandIo } from "./command.ts";
import { findSpecFiles, kindOf, shownPath } from "./find-spec-files.ts";

const VALID = 0;
const INVALID = 1;
const MISUSED = 2;

type ValidateIo = Pick<CommandIo, "stdout" | "stderr" | "cwd">;

/**
 * `validate [--root DIR] PATH…`: judges spec files offline as the agent would. Every finding is a line
 * `file:line:column: message` on stdout, a summary closes. Exit code 0 when there are no errors (warnings are none), 1 when
 * there are, 2 when it was called wrongly or a path cannot be read.
 */
export async function validate(args: readonly string[], io: ValidateIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { root: { type: "string" } },
    allowPositionals: true,
  });
  if (positionals.length === 0) return misused(io, "name at least one file or folder");
  const root = values.root === undefined ? null : path.resolve(io.cwd, values.root);
  if (root !== null && (await kindOf(root)) !== "folder") {
    return misused(io, `--root ${quoted(values.root ?? "")} is not a folder`);
  }
  const found = await findSpecFiles(positionals, io.cwd);
  const problems = [...found.problems];
  const reports: FileReport[] = [];
  for (const file of found.files) {
    const shownAs = shownPath(relativeTo(io.cwd, file));
    try {
      const searched = found.searched.get(file) ?? null;
      reports.push(await checkSpecFile({ file, shownAs, root, searched }));
    } catch (error) {
      problems.push(`${shownAs}: cannot be read: ${shownPath(fileProblem(error))}`);
    }
  }
  const shown = (file: string) => shownPath(relativeTo(io.cwd, file));
  for (const file of found.misnamed)
    reports.push({ ...NOTHING, path: shown(file), errors: [oddName(shown(file))] });
  for (const file of found.unread)
    reports.push({ ...NOTHING, path: shown(file), warnings: [atTop(shown(file), NOT_READ)] });
  for (const problem of problems) io.stderr.write(`${problem}\n`);
  for (const folder of new Set(reports.flatMap(({ assumedRoot }) => assumedRoot ?? [])))
    io.stdout.write(`${assumed(shown(folder) || ".")}\n`);
  const errors = print({ reports, ignored: found.ignored, unchecked: problems.length }, io);
  if (problems.length > 0) return MISUSED;
  return errors > 0 ? INVALID : VALID;
}

const NOT_READ = `it has kind: RoomSpec, but ${ODD_NAME}`;

function assumed(folder: string): string {
  return `seedFrom is taken to begin in ${folder}, as no folder above it has .git: pass --root DIR for another folder`;
}

/** Of a file that is not read only the name is reported. */
const NOTHING = { roomId: null, errors: [], warnings: [] } as const;

function misused(io: ValidateIo, message: string): number {
  io.stderr.write(`${message}. Usage: room-operator validate [--root DIR] PATH…\n`);
  return MISUSED;
}

function relativeTo(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith("..") ? file : relative;
}

/** Writes all findings and the summary; gives the number of errors. */
function print(
  {
    reports,
    ignored,
    unchecked,
  }: {
    readonly reports: readonly FileReport[];
    readonly ignored: number;
    /** Paths that could not be searched or read. */
    readonly unchecked: number;
  },
  io: ValidateIo,
): number {
  const claimed = claimedTwice(reports);
  let errors = 0;
  let warnings = 0;
  for (const report of reports) {
    const own = [...report.errors, ...(claimed.get(report) ?? [])].sort(byPlace);
    for (const error of own) io.stdout.write(`${toLine(error, "")}\n`);
    for (const warning of report.warnings) io.stdout.write(`${toLine(warning, "warning: ")}\n`);
    errors += own.length;
    warnings += report.warnings.length;
  }
  const counts = [
    counted(reports.length, "file"),
    counted(errors, "error"),
    counted(warnings, "warning"),
    ...(ignored === 0 ? [] : [`${counted(ignored, "file")} ignored by .roomignore`]),
    ...(unchecked === 0 ? [] : [`${counted(unchecked, "path")} not checked`]),
  ];
  io.stdout.write(`${counts.join(", ")}\n`);
  return errors;
}

function byPlace(a: SpecProblem, b: SpecProblem): number {
  return a.line - b.line || a.column - b.column;
}

function toLine({ path, line, column, message }: SpecProblem, mark: string): string {
  return `${path}:${line}:${column}: ${mark}${message}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** One error at each file whose room another of the files describes, where the agent shows it: which of them has the room is not known here. */
function claimedTwice(reports: readonly FileReport[]): ReadonlyMap<FileReport, SpecProblem[]> {
  const claimed = new Map<FileReport, SpecProblem[]>();
  const byRoom = Map.groupBy(reports, ({ roomId }) => roomId);
  for (const [roomId, all] of byRoom) {
    if (roomId === null || all.length < 2) continue;
    for (const report of all) {
      const others = listed(all.filter((other) => other !== report).map((other) => other.path));
      const text = claimedTwiceText(roomId, { claim: report.path, others });
      claimed.set(report, [atTop(report.path, `ClaimedTwice: ${text}`)]);
    }
  }
  return claimed;
}
