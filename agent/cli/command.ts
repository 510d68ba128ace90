/** What a command may touch of the process it runs in. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborts when the process is asked to stop. A command that runs until then ends with 0 soon after. */
  readonly signal: AbortSignal;
  /** A command calls it when its work begins: from then on it is killed when it hangs. Otherwise that begins a second after its start. */
  readonly begun?: () => void;
  /** SIGHUPs, for a command that reads its configuration again; absent: one stops it. */
  readonly hangUps?: HangUps;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly cwd: string;
}

/**
 * One command. Resolves to the exit code: 0 done, 1 could not, 2 called wrongly. May throw what `parseArgs` of `node:util`
 * throws for wrong arguments, and OperatorError for what a person can correct.
 */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/** SIGHUPs that came before somebody listens are kept, as one. */
export class HangUps {
  #isPending = false;
  #listener: (() => void) | null = null;

  came(): void {
    if (this.#listener === null) this.#isPending = true;
    else this.#listener();
  }

  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isPending) listener();
    this.#isPending = false;
  }
}

/** An entry of the list of commands: its module is read only when it is called. */
export interface CommandEntry {
  /** The arguments, as in `[--config FILE]`. */
  readonly usage: string;
  readonly summary: string;
  /** What `--help` says of its arguments, in lines of `NAME  meaning`; absent: the usage says it all. */
  readonly help?: readonly string[];
  /** True: a SIGHUP has it read its configuration again. Any other command is stopped by one. */
  readonly reloads?: true;
  load(): Promise<Command>;
}
