import { describeKeys } from "../agent/config/describe.ts";
import type { KeyDescription } from "../agent/config/describe.ts";
import { createMetrics } from "../agent/telemetry/metrics.ts";
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
];

/** A page with its generated part made anew. Throws where the page lacks the part's marks. */
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
  ]);
  return `## ${title}\n\n${table(["key", "meaning", "must be", "default"], rows)}\n`;
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
