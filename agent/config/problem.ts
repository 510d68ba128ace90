/** One mistake or remark about the configuration. */
export interface Problem {
  /** Where: `Git.Sources[0].Url`, a variable's name, or a file's path. */
  readonly key: string;
  /** What is wrong with it and what to do. Never holds a secret. */
  readonly message: string;
}

/** A place in the settings: member names and list positions. */
export type KeyPath = readonly (string | number)[];

/** Where a value came from when it does not stand in the file as it is. */
export interface Origin {
  /** A variable's name, or "a ${VAR} in it". */
  readonly text: string;
  /** True when `${VAR}` was filled in: such a value is never quoted, for it may be a secret in the wrong place. */
  readonly expanded: boolean;
}

/** `Git.Sources[0].Url`. */
export function toKey(path: KeyPath): string {
  return path
    .map((part, position) =>
      typeof part === "number" ? `[${part}]` : position === 0 ? part : `.${part}`,
    )
    .join("");
}
