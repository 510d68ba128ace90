import { tooManyBytes } from "../../spec/decode-text.ts";
import { shownPathOf } from "../../spec/problems.ts";
import type { ParsedSpec, SpecProblem } from "../../spec/room-spec.ts";
import { ParseBudget } from "../parse-budget.ts";
import { seedPaths } from "./git-seeds.ts";
import type { ReadableClone } from "./git-session.ts";
import type { ListedSpec } from "./git-spec-listing.ts";

/** A spec file of a commit between two heads. */
export interface SpecBetween {
  readonly path: string;
  readonly oid: string;
}

/**
 * Parses the spec files of one snapshot: each blob once, however many paths it is at, and all of them within `ParseSeconds`.
 * Rejects with `LimitExceeded` when they take longer.
 */
export class SpecParsing {
  readonly #session: Pick<ReadableClone, "settings" | "objects" | "parse" | "specBytes">;
  /** How often each blob is still going to be asked for. */
  readonly #uses = new Map<string, number>();
  readonly #parsed = new Map<string, Promise<ParsedSpec>>();
  #budget: ParseBudget;

  constructor(session: ReadableClone, changed: readonly ListedSpec[]) {
    this.#session = session;
    for (const { oid } of changed) this.#uses.set(oid, (this.#uses.get(oid) ?? 0) + 1);
    this.#budget = this.#newBudget(changed.length);
  }

  /** From here on the time that was spent does not count. */
  renew(files: number): void {
    this.#budget = this.#newBudget(files);
  }

  /** A changed file's spec, which is going to be asked for again. */
  async peek(spec: ListedSpec): Promise<ParsedSpec> {
    if (spec.problem !== null) return invalid(spec.path, spec.problem);
    return at(spec.path, await this.#once(spec));
  }

  /** A changed file's spec; each file once. */
  async take(spec: ListedSpec): Promise<ParsedSpec> {
    if (spec.problem !== null) return invalid(spec.path, spec.problem);
    const parsed = await this.#once(spec);
    const left = (this.#uses.get(spec.oid) ?? 0) - 1;
    this.#uses.set(spec.oid, left);
    if (left <= 0) this.#parsed.delete(spec.oid);
    return at(spec.path, parsed);
  }

  /** The seeds that a file of a commit between names; none when it cannot be read. */
  async seedsBetween({ path, oid }: SpecBetween): Promise<readonly string[]> {
    const bytes = this.#session.specBytes(oid);
    return bytes === null ? [] : seedPaths(await this.#session.parse(path, bytes, this.#budget));
  }

  #newBudget(files: number): ParseBudget {
    return new ParseBudget(this.#session.settings.limits.parseSeconds, files);
  }

  #once(spec: ListedSpec): Promise<ParsedSpec> {
    const known = this.#parsed.get(spec.oid);
    if (known !== undefined) return known;
    const parsing = this.#parse(spec);
    this.#parsed.set(spec.oid, parsing);
    // What failed for want of time may be asked for again with more of it.
    parsing.catch(() => this.#parsed.delete(spec.oid));
    return parsing;
  }

  async #parse({ path, oid }: ListedSpec): Promise<ParsedSpec> {
    const { specBytes } = this.#session.settings.limits;
    const skipped = this.#session.objects.skippedSize(oid);
    if (skipped !== null) return invalid(path, tooManyBytes(skipped, specBytes));
    const bytes = this.#session.objects.read(oid, "blob");
    if (bytes.length > specBytes) return invalid(path, tooManyBytes(bytes.length, specBytes));
    return this.#session.parse(path, bytes, this.#budget);
  }
}

/** The same findings at the path of another file that holds the same bytes. */
function at(path: string, parsed: ParsedSpec): ParsedSpec {
  const shown = shownPathOf(path);
  const placed = (problems: readonly SpecProblem[]) =>
    problems.map((problem) => ({ ...problem, path: shown }));
  return parsed.kind === "valid"
    ? { ...parsed, warnings: placed(parsed.warnings) }
    : { ...parsed, errors: placed(parsed.errors), warnings: placed(parsed.warnings) };
}

function invalid(path: string, message: string): ParsedSpec {
  const errors = [{ path: shownPathOf(path), line: 1, column: 1, message }];
  return { kind: "invalid", roomId: null, errors, warnings: [] };
}
