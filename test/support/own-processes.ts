import { readdirSync, readFileSync } from "node:fs";

export interface OwnProcess {
  readonly pid: number;
  /** Its arguments, with blanks between them. */
  readonly command: string;
  readonly environment: string;
}

/** The processes below this one, as anybody sees them who may look. */
export function ownProcesses(): readonly OwnProcess[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const [, parent] = /^PPid:\s+(\d+)$/m.exec(textOf(name, "status")) ?? [];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return [...parents.keys()].filter(isOurs).map((pid) => ({
    pid,
    command: textOf(String(pid), "cmdline").replaceAll("\0", " "),
    environment: textOf(String(pid), "environ").replaceAll("\0", "\n"),
  }));
}

/** Empty for a process that has just ended. */
function textOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
