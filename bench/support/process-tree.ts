import { readFileSync, readdirSync } from "node:fs";

/** Processor time in /proc is counted in hundredths of a second, whatever the machine. */
const MS_A_TICK = 10;

/** A process as `/proc/PID/stat` shows it. */
export interface ProcessStat {
  readonly parent: number;
  /** Of all its threads and of the children that it waited for. */
  readonly cpuMs: number;
}

/** Throws where the text is not that of a process. */
export function parseStat(text: string): ProcessStat {
  // The name, in brackets, may contain anything.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parent = Number.NaN] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0);
  if (Number.isNaN(parent + ticks)) throw new Error(`not the stat of a process: "${text}"`);
  return { parent, cpuMs: ticks * MS_A_TICK };
}

/** `kB` of a line such as `VmRSS:   62440 kB`; 0 where there is none, as of a process that has ended. */
export function parseKb(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
}

/** A process and all below it, read from `/proc`. */
export class ProcessTree {
  readonly #root: number;
  /** Parents by pid. A process that is looked at often is not asked for its parent again. */
  #parents = new Map<number, number>();

  constructor(root: number) {
    this.#root = root;
    if (textOf(root, "stat") === null) {
      throw new Error(`process ${root} cannot be measured: there is no /proc/${root}/stat`);
    }
  }

  /** Sum of the resident memory of its processes, MB: what they share counts once for each. */
  rssMb(): number {
    return this.#sum("status", (text) => parseKb(text, "VmRSS")) / 1024;
  }

  /** The same with what is shared divided among those who share it, MB. */
  pssMb(): number {
    return this.#sum("smaps_rollup", (text) => parseKb(text, "Pss")) / 1024;
  }

  /** Processor time of its processes and of those that ended in it, ms. */
  cpuMs(): number {
    return this.#sum("stat", (text) => parseStat(text).cpuMs);
  }

  #sum(file: string, of: (text: string) => number): number {
    return this.#pids()
      .map((pid) => textOf(pid, file))
      .reduce((sum, text) => (text === null ? sum : sum + of(text)), 0);
  }

  #pids(): readonly number[] {
    const pids = readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0);
    const before = this.#parents;
    this.#parents = new Map(pids.map((pid) => [pid, before.get(pid) ?? parentOf(pid)]));
    return pids.filter((pid) => this.#isBelow(pid));
  }

  #isBelow(pid: number): boolean {
    for (let at: number | undefined = pid; at !== undefined; at = this.#parents.get(at)) {
      if (at === this.#root) return true;
    }
    return false;
  }
}

function parentOf(pid: number): number {
  const text = textOf(pid, "stat");
  return text === null ? 0 : parseStat(text).parent;
}

/** Null: the process has ended. */
function textOf(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return null;
  }
}
