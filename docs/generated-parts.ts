import { describeKeys } from "../agent/config/describe.ts";
import type { KeyDescription } from "../agent/config/describe.ts";
import { reloadRuleOf } from "../agent/config/reload-rules.ts";
import type { ReasonNote, ReasonPlace } from "../agent/status/reason-note.ts";
import { REASONS } from "../agent/status/reasons.ts";
import { createMetrics } from "../agent/telemetry/metrics.ts";
import { BENCHES } from "../bench/benches.ts";
import { readResults } from "../bench/support/results-file.ts";
import { renderResults } from "../bench/support/results-page.ts";
import { specFields } from "./spec-fields.ts";
import { table } from "./table.ts";

/** The part of a page that is made from code; the rest of the page is written by hand. */
export interface GeneratedPart {
  readonly page: string;
  /** The part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
  readonly name: string;
  readonly render: () => string;
}

export const GENERATED_PARTS: readonly GeneratedPart[] = [
  { page: "configuration.md", name: "keys", render: renderKeys },
  { page: "metrics.md", name: "metrics", render: renderMetrics },
  { page: "spec.md", name: "fields", render: renderFields },
  { page: "spec.md", name: "reasons", render: renderReasons },
  {
    page: "benchmarks.md",
    name: "results",
    render: () => renderResults(BENCHES, readResults()),
  },
];

/** A page with its generated part rendered again. Throws where the page lacks the part's marks. */
export function refresh(page: string, { name, render }: GeneratedPart): string {
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the page has no ${begin.trim()} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n${render()}\n${page.slice(to)}`;
}

function renderKeys(): string {
  const keys = describeKeys();
  const built = keys.filter(({ later }) => !later);
  const sections = [...new Set(built.map(sectionOf))];
  return [
    ...sections.map((section) =>
      renderSection(
        section,
        built.filter((key) => sectionOf(key) === section),
      ),
    ),
    renderSection(
      "Keys of later versions",
      keys.filter(({ later }) => later),
    ),
  ].join("\n");
}

function sectionOf({ key }: KeyDescription): string {
  return key.split(".")[0] ?? key;
}

function renderSection(title: string, keys: readonly KeyDescription[]): string {
  const rows = keys.map(({ key, meaning, range, fallback }) => [
    `\`${key}\``,
    meaning,
    range,
    fallback,
    reloadRuleOf(key)?.kind === "live" ? "live" : "restart",
  ]);
  return `## ${title}\n\n${table(["key", "meaning", "must be", "default", "changes"], rows)}\n`;
}

function renderMetrics(): string {
  const metrics = createMetrics({ version: "", sources: [], guardrails: [], process: false });
  metrics.close();
  const rows = metrics
    .describe()
    .map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(", "),
      help,
    ]);
  return `${table(["metric", "type", "labels", "meaning"], rows)}\n`;
}

function renderFields(): string {
  const rows = specFields().map(({ field, range, fallback, meaning }) => [
    field,
    range,
    fallback,
    meaning,
  ]);
  return `${table(["field", "must be", "default", "meaning"], rows)}\n`;
}

/** Where a reason is met first, in the order of the page. */
const PLACES: Readonly<Record<ReasonPlace, string>> = {
  room: "In the conditions of a room",
  refusal: "In `refusals` of a room, and in its conditions",
  blocked: "In `blocked` of a room: one item",
  warning: "In `warnings` of a room or a source",
  undo: "In `quarantine.notUndone` of a room: one change",
  source: "In `lastError` of a source",
  start: "On stderr or in `/health`: the agent cannot start or work",
  answer: "In the answer to a request",
  setup: "On stderr of `room-operator gitea-bootstrap`",
};

/** A refused call of a rollback has the reason that it has elsewhere. */
const ALSO_UNDO =
  "And `Refused`, `WrongProtocol`, `DesiredStateLost` and `NotObservable`, which mean what they mean above: of the call that was to undo the change.\n\n";

function renderReasons(): string {
  const reasons: readonly [string, ReasonNote][] = Object.entries(REASONS);
  return Object.entries(PLACES)
    .map(([place, title]) => {
      const rows = reasons
        .filter(([, note]) => note.place === place)
        .map(([reason, { meaning, next }]) => [`\`${reason}\``, meaning, next ?? "Nothing"]);
      const note = place === "undo" ? ALSO_UNDO : "";
      return `### ${title}\n\n${note}${table(["reason", "meaning", "what to do"], rows)}\n`;
    })
    .join("\n");
}
