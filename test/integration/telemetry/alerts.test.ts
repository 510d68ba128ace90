import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
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
          for (const value of one.operator === "=~" ? one.value.split("|") : [one.value])
            expect(
              series.map(({ labels: named }) => named[one.label]),
              alert,
            ).to.include(value);
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
