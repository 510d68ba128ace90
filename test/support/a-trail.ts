import { AuditTrail, type AuditTrailOptions } from "../../agent/store/audit-trail.ts";
import { FakeClock } from "./fake-clock.ts";

/** A maker of audit records: of version 0.1.0 at the first moment, each with the id `id-1`, unless `given` says more. */
export function aTrail(given: Partial<AuditTrailOptions> = {}): AuditTrail {
  const defaults = { clock: new FakeClock(), newId: () => "id-1", operatorVersion: "0.1.0" };
  return new AuditTrail({ ...defaults, ...given });
}
