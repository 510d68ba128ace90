import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";

/** Label names with every value they may have. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;

interface Definition {
  /** After `room_operator_`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: LabelValues;
}

/** The series of one metric by label values. */
interface Begun {
  readonly labels: LabelValues;
  readonly begin: (labels: Labels) => void;
  readonly remove: (labels: Labels) => void;
}

type Labels = Readonly<Record<string, string>>;

/** Makes metrics in one registry. Every combination of label values starts at 0, so that no series is missing. */
export class Series {
  readonly #registry: Registry;
  /** Metrics with a label `source`. */
  readonly #bySource: Begun[] = [];
  #sources: ReadonlySet<string>;

  /** `sources`: the names of those that are configured. */
  constructor(registry: Registry, sources: readonly string[] = []) {
    this.#registry = registry;
    this.#sources = new Set(sources);
  }

  /** Whether a source has series. */
  hasSource(source: string): boolean {
    return this.#sources.has(source);
  }

  /** The series of sources that are new begin at 0, those of sources that are gone end. */
  setSources(sources: readonly string[]): void {
    const before = this.#sources;
    this.#sources = new Set(sources);
    for (const { labels, begin, remove } of this.#bySource) {
      const of = (source: string) => combinations({ ...labels, source: [source] });
      for (const source of this.#sources) if (!before.has(source)) of(source).forEach(begin);
      for (const source of before) if (!this.#sources.has(source)) of(source).forEach(remove);
    }
  }

  counter(definition: Definition): Counter {
    const counter = new Counter(this.#options(definition));
    this.#begin(definition, counter, (labels) => counter.inc(labels, 0));
    return counter;
  }

  gauge(definition: Definition): Gauge {
    const gauge = new Gauge(this.#options(definition));
    this.#begin(definition, gauge, (labels) => gauge.set(labels, 0));
    return gauge;
  }

  /** `buckets` in seconds. */
  histogram(definition: Definition & { readonly buckets: readonly number[] }): Histogram {
    const histogram = new Histogram({
      ...this.#options(definition),
      buckets: [...definition.buckets],
    });
    this.#begin(definition, histogram, (labels) => histogram.zero(labels));
    return histogram;
  }

  #begin(
    { labels = {} }: Definition,
    metric: { remove(labels: Labels): void },
    begin: Begun["begin"],
  ): void {
    for (const each of combinations(labels)) begin(each);
    if (Object.hasOwn(labels, "source"))
      this.#bySource.push({ labels, begin, remove: (each) => metric.remove(each) });
  }

  #options({ name, help, labels = {} }: Definition) {
    return {
      name: `room_operator_${name}`,
      help,
      labelNames: Object.keys(labels),
      registers: [this.#registry],
    };
  }
}

function combinations(labels: LabelValues = {}): readonly Record<string, string>[] {
  return Object.entries(labels).reduce<readonly Record<string, string>[]>(
    (rows, [name, values]) =>
      rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}
