import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { resume, suspend } from "../../../agent/cli/suspend.ts";
import { REASONS } from "../../../agent/status/reasons.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import {
  alertRules,
  fires,
  groupedBy,
  matches,
  samplesOf,
  selectorsOf,
  type Sample,
} from "../../support/alert-rules.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { eventually } from "../../support/eventually.ts";
import { PROJECT } from "../../support/page.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const FILE = path.join(PROJECT, "deploy/prometheus/room-operator.rules.yml");
const rules = alertRules(readFileSync(FILE, "utf8"));

const rule = (alert: string) => {
  const found = rules.find((each) => each.alert === alert);
  if (found === undefined) throw new Error(`no alert ${alert}`);
  return found;
};

describe("alert rules of deploy/prometheus", () => {
  let world: AgentWorld;

  before(async () => {
    world = await AgentWorld.create();
    world.commit({
      "rooms/well.room.yaml": specYaml({ roomId: "room-well" }),
      "rooms/broken.room.yaml": specYaml({ roomId: "room-broken" }),
      "rooms/large.room.yaml": specYaml({ roomId: "room-large", entities: entityIds(8) }),
      "rooms/gone.room.yaml": specYaml({ roomId: "room-gone" }),
    });
    await world.start();
    for (const room of ["well", "broken", "large", "gone"]) await world.verified(`room-${room}`);
  });

  after(() => world.remove());

  const samples = async () => samplesOf(await world.text("/metrics"));
  const until = (what: string, isSo: (all: readonly Sample[]) => boolean) =>
    eventually(what, async () => isSo(await samples()));

  it("read metrics and labels that the agent exposes", async () => {
    const shown = await samples();
    expect(rules.length).to.be.above(6);
    for (const { alert, expr } of rules) {
      for (const selector of selectorsOf(expr)) {
        const series = shown.filter(({ metric }) => metric === selector.metric);
        expect(series, `${alert}: ${selector.metric}`).to.not.be.empty;
        const labels = [...selector.matchers.map(({ label }) => label), ...groupedBy(expr)];
        for (const label of labels) expect(series[0]?.labels, alert).to.have.property(label);
        for (const one of selector.matchers.filter(({ operator }) => operator.startsWith("=")))
          for (const value of one.operator === "=~" ? one.value.split("|") : [one.value]) {
            // A reason of rooms has a series from when a room first has it.
            const isLater = selector.metric === "room_operator_rooms" && one.label === "reason";
            const known = series.map(({ labels: named }) => named[one.label]);
            expect(isLater ? Object.keys(REASONS) : known, alert).to.include(value);
          }
      }
    }
  });

  it("do not fire while every room is ready", async () => {
    const shown = await samples();
    for (const alert of [
      "RoomOperatorRoomNotReady",
      "RoomOperatorRoomNeedsPerson",
      "RoomOperatorConfirmationWaits",
      "RoomOperatorSpecErrors",
      "RoomOperatorRoomContested",
      "RoomOperatorRoomPartlyManaged",
      "RoomOperatorNotReadyForLong",
      "RoomOperatorSourceWarning",
      "RoomOperatorSuspensionEndsSoon",
    ])
      expect(fires(rule(alert), shown), alert).to.equal(false);
  });

  it("fire for an invalid spec and for a waiting confirmation, and stop when both are over", async () => {
    world.commit({
      "rooms/broken.room.yaml": `${specYaml({ roomId: "room-broken", version: 2 })}x: 1\n`,
      "rooms/large.room.yaml": specYaml({ roomId: "room-large", version: 2 }),
    });
    await world.reason("room-broken", "SpecInvalid");
    await world.reason("room-large", "KickLimitExceeded");
    const alerts = [
      "RoomOperatorRoomNotReady",
      "RoomOperatorRoomNeedsPerson",
      "RoomOperatorConfirmationWaits",
      "RoomOperatorSpecErrors",
    ];
    const wanted = [
      'room_operator_rooms{source="specs",ready="False",reason="SpecInvalid"}',
      'room_operator_rooms{source="specs",ready="False",reason="KickLimitExceeded"}',
      "room_operator_rooms_awaiting_confirm",
    ].flatMap(selectorsOf);
    await until("the gauges count both rooms", (all) =>
      wanted.every((selector) => all.find((each) => matches(each, selector))?.value === 1),
    );
    const all = await samples();
    for (const alert of alerts) expect(fires(rule(alert), all), alert).to.equal(true);
    const [oldest] = selectorsOf("room_operator_oldest_not_ready_seconds");
    expect(all.find((each) => oldest !== undefined && matches(each, oldest))?.value).to.be.above(0);
    world.commit({
      "rooms/broken.room.yaml": specYaml({ roomId: "room-broken", version: 3 }),
      "rooms/large.room.yaml": specYaml({
        roomId: "room-large",
        version: 3,
        entities: entityIds(8),
      }),
    });
    await until("no rule fires", (now) => alerts.every((alert) => !fires(rule(alert), now)));
  });

  it("fire for a warning of a source, and not for a file that may be meant so", async () => {
    const isShown = (all: readonly Sample[], reason: string, value: number) =>
      all.some(
        ({ metric, labels, value: now }) =>
          metric === "room_operator_source_warning" && labels["reason"] === reason && now === value,
      );
    const template = { "rooms/template.yaml": specYaml({ roomId: "room-template" }) };
    world.commit({ ...template, "rooms/x.room.YAML": specYaml({ roomId: "room-x" }) });
    await until("the name is warned of", (all) => isShown(all, "SpecNameIgnored", 1));
    expect(fires(rule("RoomOperatorSourceWarning"), await samples())).to.equal(true);
    world.commit({ "rooms/x.room.YAML": null });
    await until("the name is gone", (all) => isShown(all, "SpecNameIgnored", 0));
    const shown = await samples();
    expect(isShown(shown, "RoomSpecNotRead", 1)).to.equal(true);
    expect(fires(rule("RoomOperatorSourceWarning"), shown)).to.equal(false);
    world.commit({ "rooms/template.yaml": null });
  });

  it("fire for a suspension that ends within the hour", async () => {
    const alert = rule("RoomOperatorSuspensionEndsSoon");
    const run = async (command: typeof suspend, ...args: readonly string[]) =>
      command([...args, "--url", world.url], new RecordedIo(world.folder));
    const counted = (all: readonly Sample[]) =>
      all.some(({ metric, value }) => metric === "room_operator_suspensions" && value === 1);
    expect(await run(suspend, "room-well", "--reason", "move", "--for", "3h")).to.equal(0);
    await until("the suspension is counted", counted);
    expect(fires(alert, await samples())).to.equal(false);
    expect(await run(suspend, "room-broken", "--reason", "move", "--for", "30m")).to.equal(0);
    await until("the rule fires", (all) => fires(alert, all));
    for (const room of ["room-well", "room-broken"]) expect(await run(resume, room)).to.equal(0);
    await until("the rule is silent", (all) => !fires(alert, all));
  });

  it("do not fire for a dry run, which was asked for", async () => {
    const spec = (entities: number) =>
      specYaml({ roomId: "room-tried", version: entities, entities: entityIds(entities) });
    world.commit({ "rooms/tried.room.yaml": spec(1) });
    await world.verified("room-tried");
    world.commit({ "rooms/tried.room.yaml": spec(2) }, "Try it\n\nDry-Run: true");
    await world.reason("room-tried", "DryRun");
    await until("the dry run is counted", (all) =>
      all.some(
        ({ metric, labels, value }) =>
          metric === "room_operator_rooms" && labels["reason"] === "DryRun" && value === 1,
      ),
    );
    const shown = await samples();
    for (const alert of ["RoomOperatorRoomNotReady", "RoomOperatorRoomNeedsPerson"])
      expect(fires(rule(alert), shown), alert).to.equal(false);
    const [oldest] = selectorsOf("room_operator_oldest_not_ready_seconds");
    expect(shown.find((each) => oldest !== undefined && matches(each, oldest))?.value).to.equal(0);
    world.commit({ "rooms/tried.room.yaml": spec(3) });
    await world.verified("room-tried");
  });

  it("do not count an orphaned room as not ready", async () => {
    world.commit({ "rooms/gone.room.yaml": null });
    await world.reason("room-gone", "Orphaned");
    const value = (all: readonly Sample[], name: string) =>
      all.find(({ metric }) => metric === `room_operator_${name}`)?.value;
    await until("the orphan is counted", (all) => value(all, "rooms_orphaned") === 1);
    const shown = await samples();
    expect(fires(rule("RoomOperatorRoomNotReady"), shown)).to.equal(false);
    expect(value(shown, "oldest_not_ready_seconds")).to.equal(0);
  });
});
