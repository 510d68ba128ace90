import type { JsonValue } from "./json.ts";

/**
 * The one exception class. `code` is a CamelCase reason that status, audit and log share; the message says what to do
 * next; `data` carries machine-readable details and never a secret.
 */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
  readonly code: string;
  readonly data: Readonly<Record<string, JsonValue>>;

  constructor(
    code: string,
    message: string,
    options: { data?: Readonly<Record<string, JsonValue>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data ?? {};
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
