import { CONFIRM_SABOTEURS } from "./confirm-saboteurs.ts";
import { GIT_SABOTEURS } from "./git-saboteurs.ts";
import { GITEA_SABOTEURS } from "./gitea-saboteurs.ts";
import { GATE_SABOTEURS } from "./gate-saboteurs.ts";
import { HEAD_SABOTEURS } from "./head-saboteurs.ts";
import { HTTP_SABOTEURS } from "./http-saboteurs.ts";
import { LABEL_SABOTEURS } from "./label-saboteurs.ts";
import { CONTEST_SABOTEURS } from "./contest-saboteurs.ts";
import { OBSERVING_SABOTEURS } from "./observing-saboteurs.ts";
import { INTENT_SABOTEURS } from "./intent-saboteurs.ts";
import { LIBRARY_SABOTEURS } from "./library-saboteurs.ts";
import { REVIEW_SABOTEURS } from "./review-saboteurs.ts";
import { REF_SABOTEURS } from "./ref-saboteurs.ts";
import { REQUEST_SABOTEURS } from "./request-saboteurs.ts";
import { REFUSED_SABOTEURS } from "./refused-saboteurs.ts";
import { RELOAD_SABOTEURS } from "./reload-saboteurs.ts";
import { PROGRAM_SABOTEURS } from "./program-saboteurs.ts";
import type { Saboteur } from "./saboteur.ts";
import { SERVER_SABOTEURS } from "./server-saboteurs.ts";
import { SETUP_SABOTEURS } from "./setup-saboteurs.ts";
import { SIGNATURE_SABOTEURS } from "./signature-saboteurs.ts";
import { STORE_SABOTEURS } from "./store-saboteurs.ts";
import { TURN_SABOTEURS } from "./turn-saboteurs.ts";
import { VERSION_SABOTEURS } from "./version-saboteurs.ts";
import { WINDOW_SABOTEURS } from "./window-saboteurs.ts";

/** Every one must be caught; one that is not shows a promise that nothing tests. */
export const SABOTEURS: readonly Saboteur[] = [
  ...CONFIRM_SABOTEURS,
  ...REQUEST_SABOTEURS,
  ...PROGRAM_SABOTEURS,
  ...GATE_SABOTEURS,
  ...WINDOW_SABOTEURS,
  ...STORE_SABOTEURS,
  ...TURN_SABOTEURS,
  ...RELOAD_SABOTEURS,
  ...REFUSED_SABOTEURS,
  ...HTTP_SABOTEURS,
  ...SETUP_SABOTEURS,
  ...GITEA_SABOTEURS,
  ...REVIEW_SABOTEURS,
  {
    name: "a failed fetch counts as a snapshot without files",
    file: "agent/intake/intake.ts",
    text: `if (result.kind === "failed") return result;`,
    replacement: `if (result.kind === "failed") Object.assign(result, { kind: "ready", head, paths: [] });`,
    tests: ["test/unit/intake/intake.test.ts"],
  },
  {
    name: "a source that is not configured goes on owning its rooms",
    file: "agent/room/judge-owner.ts",
    text: `if (!rules.isConfigured(source)) return "SourceNotConfigured";`,
    replacement: ``,
    tests: ["test/unit/room/judge-owner.test.ts"],
  },
  {
    name: "a source takes over what it named before it was polled, or never",
    file: "agent/trigger/source-look.ts",
    text: `    await intake.confirmHead(tag);`,
    replacement: ``,
    tests: ["test/unit/trigger/source-look.test.ts"],
  },
  {
    name: "a source captures a room that it may not manage",
    file: "agent/intake/assign-rooms.ts",
    text: `if (!given.mayManage(given.source, roomId)) {`,
    replacement: `if (given.source === "") {`,
    tests: ["test/unit/intake/assign-rooms.test.ts"],
  },
  {
    name: "a file of a source that may not manage the room blocks the one that may",
    file: "agent/intake/assign-rooms.ts",
    text: `    .filter(({ source }) => given.mayManage(source, roomId))`,
    replacement: ``,
    tests: ["test/unit/intake/assign-rooms.test.ts"],
  },
  ...HEAD_SABOTEURS,
  ...REF_SABOTEURS,
  ...SIGNATURE_SABOTEURS,
  {
    name: "a broken file counts as a file that is gone",
    file: "agent/intake/file-claims.ts",
    text: `const sorted = files.toSorted(`,
    replacement: `const sorted = files.filter(({ valid }) => valid).toSorted(`,
    tests: ["test/unit/intake/assign-rooms.test.ts"],
  },
  {
    name: "rooms are let go of when a source runs empty",
    file: "agent/intake/assign-rooms.ts",
    text: `if (files.length > 0 || owned.length === 0 || allowEmpty) return null;`,
    replacement: `if (files.length >= 0 || owned.length === 0 || allowEmpty) return null;`,
    tests: ["test/unit/intake/assign-rooms.test.ts"],
  },
  {
    name: "a room that nobody owns is written to",
    file: "agent/reconcile/reconciler.ts",
    text: `if (row.owner === null && run.cause.posted === null) return [];`,
    replacement: ``,
    tests: ["test/unit/reconcile/reconciler.test.ts"],
  },
  {
    name: "an orphan keeps its owner",
    file: "agent/intake/room-intake.ts",
    text: `    owner: null,`,
    replacement: ``,
    tests: ["test/unit/intake/intake.test.ts"],
  },
  {
    name: "a confirmation is not used up",
    file: "agent/reconcile/sending/end-intents.ts",
    text: `useItems(closing.confirmations, [`,
    replacement: `useItems([], [`,
    tests: ["test/unit/reconcile/sending/end-intents.test.ts"],
  },
  {
    name: "a commit that is seen again confirms anew",
    file: "agent/room/confirmations.ts",
    text: "id: confirmationId(roomId, confirmation),",
    replacement: "id: `${confirmationId(roomId, confirmation)}/${time.seenAtMs}`,",
    tests: ["test/unit/room/confirmations.test.ts"],
  },
  {
    name: "a confirmation never expires",
    file: "agent/room/confirmations.ts",
    text: `rows.filter((row) => nowMs < Date.parse(row.expiresAt))`,
    replacement: `rows.filter((row) => nowMs < Date.parse(row.expiresAt) || true)`,
    tests: ["test/unit/room/confirmations.test.ts"],
  },
  {
    name: "X-Confirm covers the next drift as well",
    file: "agent/room/confirmations.ts",
    text: `const used = new Set(row.used);`,
    replacement: `const used = new Set(row.origin === "request" ? [] : row.used);`,
    tests: ["test/unit/room/confirmations.test.ts"],
  },
  {
    name: "a named confirmation covers the next drift as well",
    file: "agent/room/confirmations.ts",
    text: `const used = new Set(row.used);`,
    replacement: `const used = new Set(row.named && row.origin === "commit" ? [] : row.used);`,
    tests: ["test/unit/room/confirmations.test.ts"],
  },
  {
    name: "an intent is written after its effect",
    file: "agent/reconcile/phases/apply.ts",
    text: `await judged.signals.saving(() => deps.rooms.writePass({ before: row, after }, changes));`,
    replacement: `setImmediate(() => void deps.rooms.writePass({ before: row, after }, changes));`,
    tests: ["test/unit/reconcile/apply.test.ts"],
  },
  {
    name: "open intents are left open",
    file: "agent/reconcile/sending/settle-open-intents.ts",
    text: `if (first === undefined) return`,
    replacement: `if (first?.state !== "done") return`,
    tests: ["test/unit/reconcile/sending/settle-open-intents.test.ts"],
  },
  {
    name: "an upload is sent again without a look at the room",
    file: "agent/roomserver/rest-verdict.ts",
    text: `resend: !isUnreadable && (asked.isRepeatable || !answer.sent),`,
    replacement: `resend: !isUnreadable,`,
    tests: ["test/unit/roomserver/rest-verdict.test.ts"],
  },
  {
    name: "404 of a route that is not there counts as an empty room",
    file: "agent/roomserver/rest-verdict.ts",
    text: `if (absent !== undefined) return { kind: "ok", value: absent.value };`,
    replacement: `return { kind: "ok", value: (absent?.value ?? { entities: [] }) as T };`,
    tests: ["test/unit/roomserver/rest-verdict.test.ts"],
  },
  {
    name: "404 on a removal counts although the room still has the item",
    file: "agent/reconcile/denied-answers.ts",
    text: `return settleAction(action, observed) === "notDone";`,
    replacement: `return settleAction(action, observed) === "unknown";`,
    tests: ["test/unit/reconcile/denied-answers.test.ts"],
  },
  {
    name: "limits are not kept in a batch",
    file: "agent/plan/removals.ts",
    text: `...ofKind(plan, "kick").slice(caps.maxKicks),`,
    replacement: ``,
    tests: ["test/unit/plan/removals.test.ts"],
  },
  {
    name: "guardrails judge a cached read",
    file: "agent/reconcile/phases/planning.ts",
    text: `const isEnough = attempt.mode === "plan" || !deps.options.readBeforeApply;`,
    replacement: `const isEnough = true;`,
    tests: ["test/unit/reconcile/planning.test.ts"],
  },
  {
    name: "a commit is planned against a cached read",
    file: "agent/reconcile/phases/planning.ts",
    text: `if (cause.trigger !== "interval" || `,
    replacement: `if (`,
    tests: ["test/unit/reconcile/planning.test.ts"],
  },
  {
    name: "half of a room is more than half of it, or less",
    file: "agent/guardrail/change-threshold.ts",
    text: `ratio <= threshold`,
    replacement: `ratio < threshold`,
    tests: ["test/unit/guardrail/change-threshold.test.ts"],
  },
  {
    name: "a room that was never verified is adopted without a question",
    file: "agent/guardrail/adoption.ts",
    text: `facts.verifiedBefore ? facts.inDoubt : NEVER_VERIFIED;`,
    replacement: `facts.inDoubt;`,
    tests: ["test/unit/guardrail/rules.test.ts"],
  },
  {
    name: "a pass writes over what a commit said meanwhile",
    file: "agent/room/after-pass.ts",
    text: `    ...foundOf(after),`,
    replacement: `    ...after,`,
    tests: ["test/unit/room/after-pass.test.ts"],
  },
  {
    name: "a newer revision does not stop the pass under way",
    file: "agent/reconcile/sending/sender.ts",
    text: `      this.#stoppedBy = "superseded";`,
    replacement: `      this.#stoppedBy = null;`,
    tests: ["test/unit/reconcile/apply.test.ts"],
  },
  {
    name: "a room is called verified whatever VERIFY saw",
    file: "agent/reconcile/verdict.ts",
    text: `if (remaining.actions.length === 0) {`,
    replacement: `if (remaining.actions.length >= 0) {`,
    tests: ["test/unit/reconcile/verdict.test.ts"],
  },
  {
    name: "a rewritten history removes things without a question",
    file: "agent/guardrail/history-rewritten.ts",
    text: `if (rewritten === null) return undefined;`,
    replacement: `if (rewritten === null || true) return undefined;`,
    tests: ["test/unit/guardrail/rules.test.ts"],
  },
  {
    name: "a pass converges by a read that is not believed",
    file: "agent/reconcile/verdict.ts",
    text: `return isByRead ? waitForSecondRead(trust) : outcome;`,
    replacement: `return outcome;`,
    tests: ["test/unit/reconcile/verdict.test.ts"],
  },
  {
    name: "a read that cannot be believed is believed",
    file: "agent/room/judge-read.ts",
    text: `const kind = suspicionOf(observed, { roomId: row.roomId, inventory });`,
    replacement: `const kind = inventory.length < 0 ? suspicionOf(observed, { roomId: row.roomId, inventory }) : null;`,
    tests: ["test/unit/room/judge-read.test.ts"],
  },
  {
    name: "a pass is undone before its quarantine is written",
    file: "agent/reconcile/phases/rollback.ts",
    text: `row: { ...now, ...members } };`,
    replacement: `row: { ...now, ...members, quarantine: now.quarantine } };`,
    tests: [
      "test/unit/reconcile/rollback.test.ts",
      "test/unit/reconcile/undo/rollback-crash.test.ts",
    ],
  },
  {
    name: "a room of which something is held counts as verified",
    file: "agent/reconcile/verdict.ts",
    text: `heldOutcome(verified.refusals) ??`,
    replacement: ``,
    tests: ["test/unit/reconcile/verdict.test.ts", "test/unit/reconcile/rewritten-pass.test.ts"],
  },
  ...LABEL_SABOTEURS,
  ...OBSERVING_SABOTEURS,
  ...SERVER_SABOTEURS,
  ...CONTEST_SABOTEURS,
  {
    name: "two agents share a data folder",
    file: "agent/store/sqlite-store.ts",
    text: `lock = acquireStoreLock(folder, options);`,
    replacement: `lock = { isOurs: () => true, check: () => undefined, release: () => undefined };`,
    tests: ["test/integration/store/sqlite-lock.test.ts"],
  },
  {
    name: "two workers take one room",
    file: "agent/queue/work-queue.ts",
    text: `if (this.#inFlight.has(key)) return;`,
    replacement: `if (this.#inFlight.has(key) && key === "") return;`,
    tests: ["test/unit/queue/work-queue-properties.test.ts"],
  },
  ...GIT_SABOTEURS,
  ...INTENT_SABOTEURS,
  ...VERSION_SABOTEURS,
  ...LIBRARY_SABOTEURS,
];
