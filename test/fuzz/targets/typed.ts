import { OperatorError } from "../../../agent/kernel/errors.ts";
import { mustHold, shapeOf } from "../fuzz-target.ts";

/** The same for what takes its time. */
export async function typedLater(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    return wordOf(error);
  }
}

/** What `read` gives, or the word of the typed error it threw; any other error goes through. */
export function typed(read: () => string): string {
  try {
    return read();
  } catch (error) {
    return wordOf(error);
  }
}

function wordOf(error: unknown): string {
  if (!(error instanceof OperatorError)) throw error;
  mustHold(error.message.length < 1000, "a message is short whatever the input was");
  return `${error.code} ${shapeOf(error.message)}`;
}
