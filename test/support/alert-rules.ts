import { parse } from "yaml";
import { z } from "zod";

const rulesFile = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() }).loose()) }),
  ),
});

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function alertRules(text: string): readonly AlertRule[] {
  return rulesFile.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}

/** The series that an expression reads; `up` is Prometheus's own. */
export function selectorsOf(expr: string): readonly Selector[] {
  return [...expr.matchAll(/\b(room_operator_\w+|up)\b(?:\{([^}]*)\})?/g)]
    .map(([, metric = "", inner = ""]) => ({ metric, matchers: matchersOf(inner) }))
    .filter(({ metric }) => metric !== "up");
}

function matchersOf(inner: string): readonly Matcher[] {
  return [...inner.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
    ([, label = "", operator = "", value = ""]) => ({ label, operator, value }),
  );
}

/** The labels that an expression groups by. */
export function groupedBy(expr: string): readonly string[] {
  const [, list = ""] = /\bby \(([^)]*)\)/.exec(expr) ?? [];
  return list.split(",").flatMap((label) => label.trim() || []);
}

/** What `/metrics` answers. */
export function samplesOf(body: string): readonly Sample[] {
  return body.split("\n").flatMap((line) => {
    const [, metric, inner = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (metric === undefined || line.startsWith("#")) return [];
    const labels = Object.fromEntries(
      [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]),
    ) as Record<string, string>;
    return [{ metric, labels, value: Number(value) }];
  });
}

export function matches({ metric, labels }: Sample, selector: Selector): boolean {
  if (metric !== selector.metric) return false;
  return selector.matchers.every(({ label, operator, value }) => {
    const shown = labels[label] ?? "";
    const isSame = operator.includes("~")
      ? new RegExp(`^(?:${value})$`).test(shown)
      : shown === value;
    return operator.startsWith("!") ? !isSame : isSame;
  });
}

/** Whether a rule of the form `[sum by (…)] (SELECTOR) > NUMBER` fires at once; throws for any other form. */
export function fires({ expr }: AlertRule, samples: readonly Sample[]): boolean {
  const [selector, ...more] = selectorsOf(expr);
  const [, least] =
    /^(?:sum by \([^)]*\) )?\(?room_operator_\w+(?:\{[^}]*\})?\)? > (\d+)$/.exec(expr) ?? [];
  if (selector === undefined || more.length > 0 || least === undefined)
    throw new Error(`cannot evaluate ${expr}`);
  const labels = groupedBy(expr);
  const sums = new Map<string, number>();
  for (const sample of samples.filter((each) => matches(each, selector))) {
    const key = labels.map((label) => sample.labels[label]).join(" ");
    sums.set(key, (sums.get(key) ?? 0) + sample.value);
  }
  return [...sums.values()].some((sum) => sum > Number(least));
}
