/** One write call that reached the server, whether or not it changed anything. */
export interface WriteEntry {
  /** Counts from 1 and never restarts. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly op: WriteOperation;
  readonly room: string;
  /** Entity id, artifact name, policy name or resource name. */
  readonly target: string;
  /** The caller's `X-Request-Id`; null without one. */
  readonly requestId: string | null;
  /** True if the state changed. */
  readonly effect: boolean;
}

export type WriteOperation =
  | "join"
  | "kick"
  | "seed"
  | "promote"
  | "delete"
  | "policy"
  | "resource";

/** Older entries make room for newer ones, so that a devserver that runs for weeks stays small. */
const MAX_ENTRIES = 100_000;

export interface WriteLog {
  add(entry: Omit<WriteEntry, "seq">): void;
  /** Oldest first, those after `seq` only. */
  after(seq: number): readonly WriteEntry[];
}

export function createWriteLog(): WriteLog {
  let entries: WriteEntry[] = [];
  let last = 0;
  return {
    add: (entry) => {
      last += 1;
      entries.push({ seq: last, ...entry });
      if (entries.length > MAX_ENTRIES * 1.1) entries = entries.slice(-MAX_ENTRIES);
    },
    after: (seq) => entries.filter((entry) => entry.seq > seq),
  };
}
