import { quoted } from "../kernel/quoted.ts";
/** One mistake or remark about the configuration. */
export interface Problem {
  /** Where: `Git.Sources[0].Url`, a variable's name, or a file's path. */
  readonly key: string;
  /** What is wrong with it and what to do. Never holds a secret. */
  readonly message: string;
}

/** A place in the settings: member names and list positions. */
export type KeyPath = readonly (string | number)[];

/** Where a value came from when the file does not have it literally. */
export interface Origin {
  /** A variable's name, or "a ${VAR} in it". */
  readonly text: string;
  /** True when `${VAR}` was filled in: such a value is never quoted, for it may be a secret in the wrong place. */
  readonly expanded: boolean;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const MAX_NAME = 100;

/** `Git.Sources[0].Url`. Names that are no plain words are quoted and cut, as in `Git["odd name"]`. */
export function toKey(path: KeyPath): string {
  return path
    .map((part, position) => {
      if (typeof part === "number") return `[${part}]`;
      if (!PLAIN_NAME.test(part)) return `[${quoted(part.slice(0, MAX_NAME))}]`;
      return position === 0 ? part : `.${part}`;
    })
    .join("");
}
