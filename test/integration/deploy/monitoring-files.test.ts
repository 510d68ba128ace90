import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { z } from "zod";
import { Page, codes, PROJECT } from "../../support/page.ts";

const RULES = "deploy/prometheus/room-operator.rules.yml";
const DASHBOARD = "deploy/grafana/room-operator.json";

const read = (file: string) => readFileSync(path.join(PROJECT, file), "utf8");

const rulesFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Room\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[mh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(["page", "ticket"]) }),
          annotations: z.strictObject({ summary: z.string().min(20).max(200) }),
        }),
      ),
    }),
  ),
});

const target = z.looseObject({ expr: z.string(), refId: z.string().length(1) });
const panel = z.looseObject({
  id: z.int(),
  type: z.enum(["row", "stat", "timeseries"]),
  title: z.string(),
  gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
  targets: z.array(target).optional(),
});
const dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  panels: z.array(panel),
});

/** Documented, and so exposed: a test holds the page to the code. With their labels. */
const documented = new Map(
  Page.read("docs/metrics.md")
    .rows()
    .flatMap(([name = "", , labels = ""]): [string, readonly string[]][] =>
      codes(name).map((metric) => [metric, codes(labels)]),
    ),
);

/** The metric itself: histograms are read by series that are called otherwise. */
const metricsIn = (expr: string) =>
  [...expr.matchAll(/\broom_operator_\w+/g)].map(([name]) =>
    documented.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ""),
  );

function expectKnown(what: string, expr: string): void {
  const metrics = metricsIn(expr);
  for (const metric of metrics)
    expect([...documented.keys()], `${what}: ${metric}`).to.include(metric);
  const known = new Set([
    "le",
    "job",
    ...metrics.flatMap((metric) => documented.get(metric) ?? []),
  ]);
  const inBraces = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = ""]) =>
    [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
  );
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(", "),
  );
  for (const label of [...inBraces, ...grouped])
    expect([...known], `${what}: ${expr}`).to.include(label);
}

describe("the alert rules", () => {
  const { groups } = rulesFile.parse(parse(read(RULES)));
  const rules = groups.flatMap((group) => group.rules);

  it("read metrics and labels that there are", () => {
    for (const { alert, expr } of rules) expectKnown(alert, expr);
  });

  it("each have a name of their own", () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("say only what their series has", () => {
    for (const { alert, expr, annotations } of rules) {
      for (const [, label = ""] of annotations.summary.matchAll(/\$labels\.(\w+)/g)) {
        const has = metricsIn(expr).flatMap((metric) => documented.get(metric) ?? []);
        expect(has, alert).to.include(label);
      }
    }
  });

  it("are accepted by promtool", function () {
    if (spawnSync("promtool", ["--version"]).status !== 0) {
      console.error("promtool (Debian: prometheus) is not installed: rules were not checked by it");
      this.skip();
    }
    this.timeout(30_000);
    const file = path.join(PROJECT, RULES);
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", file]);
    expect(status, `${stdout.toString()}${stderr.toString()}`).to.equal(0);
    expect(stdout.toString()).to.include(`${rules.length} rules found`);
  });
});

describe("the configuration of the compose file's Prometheus", () => {
  it("is accepted by promtool", function () {
    if (spawnSync("promtool", ["--version"]).status !== 0) {
      console.error(
        "promtool (Debian: prometheus) is not installed: prometheus.yml was not checked",
      );
      this.skip();
    }
    const file = path.join(PROJECT, "deploy/compose/prometheus/prometheus.yml");
    const { status, stderr } = spawnSync("promtool", ["check", "config", file]);
    expect(status, stderr.toString()).to.equal(0);
  });
});

describe("the dashboard", () => {
  const { panels, uid } = dashboard.parse(JSON.parse(read(DASHBOARD)));
  const shown = panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );

  it("reads metrics and labels that there are", () => {
    expect(shown.length).to.be.above(15);
    for (const { title, expr } of shown) expectKnown(title, expr);
  });

  it("has panels that do not lie on each other, with ids of their own", () => {
    expect(uid).to.equal("room-operator");
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of panels) {
      const { x, y, w, h } = gridPos;
      expect(x + w, title).to.be.at.most(24);
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          const place = `${column},${line}`;
          expect([...taken], title).to.not.include(place);
          taken.add(place);
        }
      }
    }
  });
});
