import { z } from "zod";

/** How the tests of one file ended. Errors in its hooks count as failures. */
const fileTally = z.strictObject({ passed: z.number(), failed: z.number(), skipped: z.number() });

/** By file. */
export type Tally = Readonly<Record<string, z.infer<typeof fileTally>>>;

/** What the reporter left, null where it left nothing. Throws for another shape. */
export function parseTally(text: string | null): Tally | null {
  return text === null ? null : z.record(z.string(), fileTally).parse(JSON.parse(text));
}

/** Sorted. */
export function failedFiles(tally: Tally): readonly string[] {
  const failed = Object.entries(tally).filter(([, { failed: count }]) => count > 0);
  return failed.map(([file]) => file).sort();
}

/** The first run with what another said of some of its files. */
export function withFilesAgain(first: Tally, again: Tally): Tally {
  return { ...first, ...again };
}

/** The line that machines read. */
export function tallyText(tally: Tally): string {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of Object.values(tally)) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return `${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`;
}
