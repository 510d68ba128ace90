import { toIso } from "../kernel/clock.ts";
import { shownSigner } from "../room/signer.ts";
import type { SourceFailure } from "../source/spec-source.ts";
import type { IntakeDeps, IntakeSource } from "./intake-deps.ts";
import type { SourceRecord } from "./source-record.ts";

/**
 * Checks the signature of the head that counts, where it was not checked with the keys and the mode of now: they may have changed
 * since it was ingested. Gives back why it does not count; null: it does, or none is asked for.
 */
export async function verifyHead(
  { spec }: Pick<IntakeSource, "spec">,
  {
    record,
    deps,
  }: { readonly record: SourceRecord; readonly deps: Pick<IntakeDeps, "clock" | "trail"> },
  signal: AbortSignal,
): Promise<SourceFailure | null> {
  const { observedHead, verified: known = null, name: source } = record.row;
  if (observedHead === null || spec.verify === undefined) return null;
  const found = await spec.verify(observedHead, known, signal);
  if (found !== null && "kind" in found) return found;
  if (found === null && known === null) return null;
  if (found !== null && known?.print === found.print && known.head === found.head) return null;
  const since = toIso(deps.clock.nowMs());
  const verified = found === null ? null : { ...found, since };
  const records =
    found === null
      ? []
      : [
          deps.trail.event("source.verified", {
            source,
            head: found.head,
            signedBy: shownSigner(found.signer),
          }),
        ];
  await record.update((now) => ({ row: { ...now, verified }, changes: records }));
  return null;
}
