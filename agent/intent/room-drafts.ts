import type { Item } from "../plan/item.ts";
import type { Confirmation } from "../room/confirmations.ts";
import { writeTrailer, type CommitWords } from "./commit-words.ts";
import { byLabel } from "./by-label.ts";
import { DryRunDraft } from "./dry-run-draft.ts";
import { IgnoredLines, toReport, type IgnoredIntent, type IgnoredReport } from "./ignored-lines.ts";
import type { NamingCommit, RoomIntent } from "./room-intent.ts";

/** What the commits read so far say about one room. */
export interface RoomDraft {
  touched: boolean;
  named: boolean;
  readonly dryRun: DryRunDraft;
  confirmedByName: boolean;
  readonly ignored: IgnoredLines;
  /** Which commit confirms the removal of an item with `true`. */
  readonly confirmed: Map<Item, CommitWords>;
  /** The newest commit that names the room in `Confirm`, and what is covered by that. */
  byName: { words: CommitWords; readonly items: Set<Item> } | null;
  /** The merged commit that names the room and removes its file, as its merge does. */
  removedBy: CommitWords | null;
  /** The newest commit that touches it, where that removes its file and says `Confirm: true`. */
  unnamed: CommitWords | null;
  /** Something was taken out or put back since `byName` was set. */
  changed: boolean;
  /** The commit that says `Override-Window` and that no later one on the branch changes the room after. */
  override: CommitWords | null;
  /** What the pull request showed that brought the newest commit which touches it; null: none is known. */
  reviewed: RoomIntent["reviewed"] | null;
  /** What the commits so far took out and did not put back. */
  readonly takenOut: Set<Item>;
}

/** How many commits of one fetch may confirm removals in one room: each is a row and an audit record. */
const MAX_CONFIRMING = 50;

/** The drafts of a range of commits. What is kept of lines that do not count is bounded, however many there are. */
export class RoomDrafts {
  readonly #rooms = new Map<string, RoomDraft>();
  readonly #unplaced = new IgnoredLines();
  readonly #reports = new IgnoredLines<IgnoredReport>();

  of(roomId: string): RoomDraft {
    const draft: RoomDraft = this.#rooms.get(roomId) ?? {
      touched: false,
      named: false,
      dryRun: new DryRunDraft(),
      confirmedByName: false,
      ignored: new IgnoredLines(),
      confirmed: new Map(),
      byName: null,
      removedBy: null,
      unnamed: null,
      changed: false,
      override: null,
      reviewed: null,
      takenOut: new Set(),
    };
    this.#rooms.set(roomId, draft);
    return draft;
  }

  has(roomId: string): boolean {
    return this.#rooms.has(roomId);
  }

  /** Reports a line on each of `roomIds`, or nowhere in particular if there is none. */
  report(line: IgnoredIntent, roomIds: readonly string[]): void {
    this.#reports.add(toReport(line, roomIds));
    for (const roomId of roomIds) this.of(roomId).ignored.add(line);
    if (roomIds.length === 0) this.#unplaced.add(line);
  }

  finished(): ReadonlyMap<string, RoomIntent> {
    for (const [roomId, draft] of this.#rooms) this.#dropOldest(roomId, draft);
    return new Map([...this.#rooms].map(([roomId, draft]) => [roomId, toIntent(draft)]));
  }

  get unplaced(): readonly IgnoredIntent[] {
    return this.#unplaced.list((dropped) => dropped);
  }

  get reports(): readonly IgnoredReport[] {
    return this.#reports.list((dropped) => toReport(dropped, []));
  }

  /** Of too many confirming commits the newest count; the removals of the others are refused until confirmed again. */
  #dropOldest(roomId: string, { confirmed }: RoomDraft): void {
    const commits = [...new Set(confirmed.values())];
    if (commits.length <= MAX_CONFIRMING) return;
    const dropped = new Set(commits.sort(byPlace).slice(0, -MAX_CONFIRMING));
    for (const [item, words] of confirmed) if (dropped.has(words)) confirmed.delete(item);
    const newest = [...dropped].at(-1);
    if (newest === undefined) return;
    const line = { commit: newest.record.oid, line: "Confirm: …", reason: TOO_MANY_CONFIRMING };
    this.report(line, [roomId]);
  }
}

function toIntent(draft: RoomDraft): RoomIntent {
  const { touched, named, confirmedByName } = draft;
  const { word: dryRun, ended, confirmed, lastSpec } = draft.dryRun;
  const byCommit = new Map<CommitWords, Item[]>();
  for (const [item, words] of draft.confirmed) {
    const items = byCommit.get(words);
    if (items === undefined) byCommit.set(words, [item]);
    else items.push(item);
  }
  const { byName } = draft;
  if (byName !== null && byName.items.size > 0) byCommit.set(byName.words, [...byName.items]);
  const confirmations = [...byCommit]
    .sort(([a], [b]) => byPlace(a, b))
    .map(([words, items]): Confirmation =>
      words.label === undefined ? byTrailer(words, items) : byLabel(words.label, items),
    );
  const ignored = draft.ignored.list((dropped) => dropped);
  const removal = confirmedByName ? byName?.words : draft.removedBy;
  const gone =
    removal != null
      ? { removal: toNaming(removal) }
      : draft.unnamed === null
        ? {}
        : { unnamedRemoval: draft.unnamed.record.oid };
  const naming =
    byName === null
      ? {}
      : { naming: { ...toNaming(byName.words), dryRun: draft.dryRun.unconfirmed } };
  const seen = draft.reviewed == null ? {} : { reviewed: draft.reviewed };
  const rehearsals = {
    ...(ended.length === 0 ? {} : { endedDryRuns: ended }),
    ...(ended.length === 0 || lastSpec === null ? {} : { lastSpec }),
    ...(confirmed.length === 0 ? {} : { confirmedSpecs: confirmed }),
  };
  const said = {
    touched,
    named,
    dryRun,
    confirmations,
    confirmedByName,
    ignored,
    ...naming,
    ...gone,
    ...seen,
    ...rehearsals,
  };
  return draft.override === null ? said : { ...said, override: toOverride(draft.override) };
}

function byTrailer(words: CommitWords, items: Item[]): Confirmation {
  return {
    origin: "commit",
    originId: words.record.oid,
    actor: words.record.author,
    named: words.confirm !== "all" && words.stands !== "merged",
    ...(words.confirm === null ? {} : { line: writeTrailer("confirm", words.confirm) }),
    ...signerOf(words),
    items: items.sort(),
  };
}

/** A commit that names a room in `Confirm`. */
function toNaming(words: CommitWords): NamingCommit {
  const { record, confirm } = words;
  const line = confirm === null ? {} : { line: writeTrailer("confirm", confirm) };
  return { originId: record.oid, actor: record.author, ...line, ...signerOf(words) };
}

function signerOf({ record: { signature } }: CommitWords): Pick<Confirmation, "signer"> {
  if (signature?.kind !== "good") return {};
  const { tool, key, name } = signature;
  return { signer: { tool, key, name } };
}

function toOverride({ record, override }: CommitWords) {
  return { commit: record.oid, actor: record.author, reason: override ?? "" };
}

function byPlace(a: CommitWords, b: CommitWords): number {
  return a.place - b.place;
}

const TOO_MANY_CONFIRMING =
  `more than ${MAX_CONFIRMING} commits of one fetch confirm removals in this room; this one and older ones do not count: ` +
  "confirm what is still refused in a new commit that names the room";
