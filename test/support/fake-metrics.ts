import type { ReconcileMetrics } from "../../agent/telemetry/reconcile-metrics.ts";

/** Notes what passes report, each as one short text, oldest first. Durations are left out. */
export class FakeMetrics implements ReconcileMetrics {
  readonly told: string[] = [];

  reconcileStarted(): void {
    this.told.push("started");
  }

  reconcileEnded(pass: Parameters<ReconcileMetrics["reconcileEnded"]>[0]): void {
    this.told.push(`ended ${pass.outcome} ${pass.result}`);
  }

  phaseEnded(phase: Parameters<ReconcileMetrics["phaseEnded"]>[0]): void {
    this.told.push(phase);
  }

  actionEnded({ kind, result }: Parameters<ReconcileMetrics["actionEnded"]>[0]): void {
    this.told.push(`${kind} ${result}`);
  }

  driftFound(kind: Parameters<ReconcileMetrics["driftFound"]>[0]): void {
    this.told.push(`drift ${kind}`);
  }

  guardrailRefused(guardrail: string): void {
    this.told.push(`refused ${guardrail}`);
  }

  readSuspected(kind: string): void {
    this.told.push(`suspicious read ${kind}`);
  }

  commitVerified(latencyMs: number): void {
    this.told.push(`verified after ${latencyMs} ms`);
  }

  setQueue({ queued, active }: Parameters<ReconcileMetrics["setQueue"]>[0]): void {
    this.told.push(`queue ${queued} ${active}`);
  }
}
