import { toIso, type Clock } from "../kernel/clock.ts";
import { ServerReport } from "../roomserver/call-report.ts";
import type { ConfigState } from "../request/reload-requests.ts";

/** What the agent sees of its surroundings right now, for health and status. */
export class LiveState {
  readonly startedAt: string;
  /** The rooms a pass runs over. */
  readonly reconciling = new Set<string>();
  readonly roomServer: ServerReport;
  /** Whether the last write of the store succeeded. */
  store: { readonly ok: boolean; readonly message: string } = { ok: true, message: "" };
  /** Why the open store cannot be trusted any more; null as long as it can. */
  damage: string | null = null;
  stopping = false;
  configuration: ConfigState;

  constructor(clock: Clock) {
    this.startedAt = toIso(clock.nowMs());
    this.roomServer = new ServerReport(clock);
    this.configuration = { loadedAt: this.startedAt, changes: [], failure: null };
  }
}
