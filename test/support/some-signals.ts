import type { PassSignals } from "../../agent/reconcile/pass.ts";

/** Of a pass that nothing ends before its time. */
export const SIGNALS: PassSignals = {
  signal: new AbortController().signal,
  stopping: () => false,
  superseded: () => false,
  saving: (save) => save(),
  callsEnded: () => undefined,
};
