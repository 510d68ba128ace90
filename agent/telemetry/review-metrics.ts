import { REVIEW_RESULTS } from "./labels.ts";
import type { ReviewResultLabel } from "./labels.ts";
import type { Series } from "./series.ts";

const PLAN_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** What plans of pull requests report. A source that is not configured is not counted. */
export interface ReviewMetrics {
  pullRequestPlanned(source: string, result: ReviewResultLabel, durationMs: number): void;
}

export function createReviewMetrics(series: Series, sources: readonly string[]): ReviewMetrics {
  const plans = series.counter({
    name: "pull_request_plans_total",
    help: "Plans of open pull requests, by what came of them: published, unchanged since it was published, or failed",
    labels: { source: sources, result: REVIEW_RESULTS },
  });
  const duration = series.histogram({
    name: "pull_request_plan_duration_seconds",
    help: "How long a plan of a pull request took, from reading its head to its comment and status",
    labels: { source: sources },
    buckets: PLAN_SECONDS,
  });
  return {
    pullRequestPlanned: (source, result, durationMs) => {
      if (!series.hasSource(source)) return;
      plans.inc({ source, result });
      duration.observe({ source }, durationMs / 1000);
    },
  };
}
