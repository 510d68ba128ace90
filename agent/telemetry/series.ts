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

/** Makes metrics in one registry. Every combination of label values starts at 0, so that no series is missing. */
export class Series {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  counter(definition: Definition): Counter {
    const counter = new Counter(this.#options(definition));
    for (const labels of combinations(definition.labels)) counter.inc(labels, 0);
    return counter;
  }

  gauge(definition: Definition): Gauge {
    const gauge = new Gauge(this.#options(definition));
    for (const labels of combinations(definition.labels)) gauge.set(labels, 0);
    return gauge;
  }

  /** `buckets` in seconds. */
  histogram(definition: Definition & { readonly buckets: readonly number[] }): Histogram {
    const histogram = new Histogram({
      ...this.#options(definition),
      buckets: [...definition.buckets],
    });
    for (const labels of combinations(definition.labels)) histogram.zero(labels);
    return histogram;
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
