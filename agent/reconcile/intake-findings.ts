import type { Assignment } from "../source/assign-rooms.ts";
import type { RoomIntents } from "../intent/commit-intents.ts";
import type { SourceFailure } from "../source/spec-source.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import type { FileRow, SourceRow } from "../store/rows.ts";
import type { IntakeSource } from "./intake-deps.ts";
import type { SourceIndex } from "./source-index.ts";

/** Everything that is wrong with the files of a snapshot, those without a room included. `told` replaces what `index` has. */
export function fileErrors(
  assignment: Assignment,
  index: SourceIndex,
  told: ReadonlyMap<string, FileRow>,
): readonly SpecProblem[] {
  const refused = assignment.files.flatMap((file): SpecProblem[] =>
    file.kind === "refused" ? [{ path: file.path, line: 1, column: 1, message: file.message }] : [],
  );
  const known = assignment.files.flatMap(
    ({ path }) => (told.get(path) ?? index.get(path))?.errors ?? [],
  );
  return [...known, ...refused];
}

export function emptied(message: string): SourceFailure {
  return { kind: "failed", reason: "SourceEmptied", message };
}

/** What does not count in commits that touch no known room. */
export function unheard({ unplaced }: RoomIntents): SourceRow["warnings"] {
  return unplaced.map(({ commit, line, reason }) => ({
    reason: "IntentIgnored",
    message: `\`${line}\` of commit ${commit} does not count: ${reason}`,
  }));
}

export function noSpecsFound({ path, name }: IntakeSource): SourceRow["warnings"][number] {
  const message = `source ${name} holds no spec: no file under Path "${path}" matches **/*.room.{yaml,yml,json}`;
  return { reason: "NoSpecsFound", message };
}
