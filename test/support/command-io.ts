/** What a command wrote, instead of a terminal. */
export class RecordedIo {
  readonly env: Readonly<Record<string, string>>;
  readonly signal = new AbortController().signal;
  readonly cwd: string;
  out = "";
  err = "";
  readonly stdout = {
    write: (text: string): void => {
      this.out += text;
    },
  };
  readonly stderr = {
    write: (text: string): void => {
      this.err += text;
    },
  };

  constructor(cwd: string, env: Readonly<Record<string, string>> = {}) {
    this.cwd = cwd;
    this.env = env;
  }

  /** Lines of stdout without the empty one at the end. */
  get lines(): string[] {
    return this.out.split("\n").slice(0, -1);
  }
}
