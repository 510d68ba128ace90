import { createHash } from "node:crypto";
import type { Refusal } from "../guardrail/guardrail.ts";
import { canonicalJson } from "../kernel/json.ts";
import type { Item } from "../plan/item.ts";
import type { Plan, SeedProblem } from "../plan/plan.ts";
import type { SpecProblem } from "../spec/room-spec.ts";

/** What one pull request would do, as it is shown: a plan for each room that it touches, and what keeps it from being planned. */
export interface Review {
  readonly source: string;
  readonly number: number;
  /** Commit ids of the pull request's head, and of the branch that the plans were made against. */
  readonly head: string;
  readonly base: string;
  readonly baseBranch: string;
  /** By room id. */
  readonly rooms: readonly RoomReview[];
  /** Spec files with errors, by path. */
  readonly invalid: readonly InvalidSpec[];
  /** Spec files of the pull request that the source does not read, and why. */
  readonly ignored: readonly { readonly path: string; readonly by: string }[];
  /** Why not all of it could be planned; empty: all was. */
  readonly problems: readonly ReviewProblem[];
}

export interface ReviewProblem {
  /** True: asked again later it may be gone. */
  readonly isPassing: boolean;
  readonly message: string;
}

export interface InvalidSpec {
  readonly path: string;
  readonly roomId: string | null;
  readonly errors: readonly SpecProblem[];
}

export interface RoomReview {
  readonly roomId: string;
  readonly path: string;
  /** Whether the source has the room already. */
  readonly isNew: boolean;
  readonly result: RoomResult;
  readonly seeds: readonly SeedFinding[];
  readonly warnings: readonly SpecProblem[];
}

export interface SeedFinding {
  readonly path: string;
  readonly reason: SeedProblem;
  readonly message: string;
}

export type RoomResult =
  | {
      readonly kind: "planned";
      readonly plan: Plan;
      readonly digest: string;
      readonly refusals: readonly Refusal[];
      /** The removals that are refused until a person confirms them, sorted. */
      readonly refused: readonly Item[];
      /** Why nothing may be written to the room now; null: it may. */
      readonly closed: string | null;
    }
  /** Its file is removed. `prunes`: what is removed from the room once a person confirms it; empty: the room is orphaned, and stays. */
  | { readonly kind: "gone"; readonly prunes: readonly Item[] }
  /** The source may not have the room. */
  | { readonly kind: "rejected"; readonly reason: string; readonly message: string }
  /** The room could not be read. */
  | { readonly kind: "failed"; readonly message: string };

/** What a label on the pull request is worth now. */
export interface LabelNote {
  readonly name: string;
  /** Null: it counts. Otherwise why it does not, and what to do. */
  readonly why: string | null;
}

/** The removals of a room that are refused and that a label can confirm, sorted. No label prunes a room. */
export function refusedOf({ result }: Pick<RoomReview, "result">): readonly Item[] {
  return result.kind === "planned" ? result.refused : [];
}

/** Whether the pull request concerns no room of the source. */
export function saysNothing({ rooms, invalid, ignored, problems }: Review): boolean {
  return rooms.length + invalid.length + ignored.length + problems.length === 0;
}

/** Of a room's own plan; null: it has none. */
export function roomDigest({ roomId, path, result }: RoomReview): string | null {
  if (result.kind === "planned") return result.digest;
  if (result.kind !== "gone") return null;
  return digestOf({ room: roomId, gone: path, prunes: result.prunes });
}

/** Of all that a review says, whatever the order of its rooms and files. */
export function reviewDigest({ rooms, invalid, ignored, problems }: Review): string {
  const byName = (one: readonly string[], other: readonly string[]) =>
    String(one[0]) < String(other[0]) ? -1 : 1;
  return digestOf({
    format: 1,
    rooms: rooms
      .map((room) => [
        room.roomId,
        room.path,
        room.result.kind,
        roomDigest(room) ?? "",
        ...refusedOf(room),
      ])
      .sort(byName),
    invalid: invalid
      .map(({ path, errors }) => [
        path,
        ...errors.map(({ line, message }) => `${line}: ${message}`),
      ])
      .sort(byName),
    ignored: ignored.map(({ path }) => [path]).sort(byName),
    problems: problems.map(({ message }) => message).sort(),
  });
}

function digestOf(content: Parameters<typeof canonicalJson>[0]): string {
  return `sha256:${createHash("sha256").update(canonicalJson(content)).digest("hex")}`;
}
