import { fileProblem } from "../../kernel/file-problem.ts";
import { tooManyBytes } from "../../spec/decode-text.ts";
import { shownPathOf } from "../../spec/problems.ts";
import type { ParsedSpec } from "../../spec/room-spec.ts";
import type { SourceOptions } from "../open-source.ts";
import { bytesId, problemId } from "./folder-digest.ts";
import { folderLimit, isOfOneFile } from "./folder-failure.ts";
import type { FolderReader } from "./folder-reader.ts";
import type { FolderListing, FolderSpec } from "./folder-walk.ts";
import type { ParseBudget } from "../parse-budget.ts";
import { parseTask, type ParsePool } from "../parse-pool.ts";

/** A spec as it was read, without its content. */
export interface ReadSpec {
  readonly path: string;
  readonly oid: string;
  readonly parsed: ParsedSpec;
  /** Empty where it could not be read. */
  readonly text: Uint8Array;
}

export interface SpecReading {
  readonly reader: FolderReader;
  readonly parsers: ParsePool;
  readonly limits: SourceOptions["limits"];
  readonly roomIdPattern: string;
}

/** Refuses more bytes than `PackBytes` before any of them is read. */
export function refuseBytes({ specs }: FolderListing, packBytes: number): void {
  const bytes = specs.reduce((sum, { size, problem }) => sum + (problem === null ? size : 0), 0);
  if (bytes <= packBytes) return;
  throw folderLimit("PackBytes", packBytes, `The specs of the folder have ${bytes} bytes together`);
}

/** A file that cannot be read is an invalid spec: it still belongs to its room. */
export async function readFolderSpec(
  spec: FolderSpec & { readonly base: string },
  { reader, parsers, limits, roomIdPattern }: SpecReading,
  budget: ParseBudget,
): Promise<ReadSpec> {
  const { path, problem, size } = spec;
  if (problem !== null) return unreadable(path, problem);
  if (size > limits.specBytes) return unreadable(path, tooManyBytes(size, limits.specBytes));
  try {
    const bytes = await reader.read(spec);
    const task = parseTask(path, bytes, { limits, roomIdPattern });
    return { path, oid: bytesId(bytes), parsed: await parsers.parse(task, budget), text: bytes };
  } catch (error) {
    if (!isOfOneFile(error)) throw error;
    const advice = "give the agent's user the right to read it";
    return unreadable(path, `The file cannot be read (${fileProblem(error)}): ${advice}.`);
  }
}

export function unreadable(path: string, message: string): ReadSpec {
  const errors = [{ path: shownPathOf(path), line: 1, column: 1, message }];
  const parsed = { kind: "invalid", roomId: null, errors, warnings: [] } as const;
  return { path, oid: problemId(message), parsed, text: new Uint8Array() };
}
