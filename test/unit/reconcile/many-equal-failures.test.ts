import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { A_ROOM } from "../../support/a-room-spec.ts";
import { PassWorld } from "../../support/pass-world.ts";

const refusal = (message: string): CallFailure => ({ kind: "refused", status: 422, message });
const DAY_MS = 86_400_000;

describe("hundreds of changes that fail in each pass, for which a bounded digest stands", () => {
  const message = "no such capability";
  const all = Array.from({ length: 600 }, (_, at) => `N-${at}`);
  let world: PassWorld;
  let words: (id: string) => string | null;
  let seen: number;

  beforeEach(async () => {
    world = new PassWorld({ rollback: { mode: "off", failureRatio: 0.5 } });
    seen = 0;
    words = () => message;
    await world.verified({ entities: ["E-1"] });
    world.server.refuse = ({ id }) => {
      const said = id.startsWith("N-") ? words(id) : null;
      return said === null ? null : refusal(said);
    };
    await world.push({ version: 2, entities: ["E-1", ...all] });
    for (let pass = 0; pass < 3; pass += 1) await world.pass();
    await fresh();
  });

  /** The records since the last call. */
  async function fresh(): Promise<readonly AuditRecord[]> {
    const every = await world.store.readAudit({ count: 20_000, roomId: A_ROOM });
    const from = seen;
    seen = every.length;
    return every.slice(from);
  }

  async function lines(): Promise<readonly string[]> {
    return (await fresh()).map(({ action, metadata }) =>
      [action, metadata["entityId"], metadata["outcome"], metadata["repeats"]]
        .filter((part) => typeof part === "string" || typeof part === "number")
        .join(" "),
    );
  }

  it("are on record when they begin, and once a day", async () => {
    for (let pass = 0; pass < 3; pass += 1) await world.pass();
    expect(await lines()).to.deep.equal([]);
    const { equalFailures = [] } = await world.row();
    expect(JSON.stringify(equalFailures).length).to.be.lessThan(13_000);
    await world.clock.advance(DAY_MS);
    await world.pass();
    const daily = await lines();
    const ofN7 = daily.filter((line) => line.endsWith(" N-7") || line.includes(" N-7 "));
    expect(ofN7).to.deep.equal(["entity.joined.intended N-7", "entity.joined N-7 failed 5"]);
    await world.pass();
    expect(await lines()).to.deep.equal([]);
  });

  it("are on record where one of them fails otherwise, with few others, and then not again", async () => {
    words = (id) => (id === "N-7" ? "no such entity" : message);
    await world.pass();
    const news = await lines();
    expect(news).to.include.members(["entity.joined.intended N-7", "entity.joined N-7 failed 2"]);
    expect(news.length).to.be.lessThan(60);
    await world.pass();
    expect(await lines()).to.deep.equal([]);
  });

  it("are on record where one of them is done, and not again", async () => {
    words = (id) => (id === "N-7" ? null : message);
    await world.pass();
    const news = await lines();
    expect(news).to.include.members(["entity.joined.intended N-7", "entity.joined N-7 done 2"]);
    expect(news.filter((line) => line.startsWith("room."))).to.have.length(1);
    await world.pass();
    await fresh();
    await world.pass();
    expect(await lines()).to.deep.equal([]);
  });

  it("are on record one by one again where few are left", async () => {
    const few = new Set(all.slice(0, 100));
    words = (id) => (few.has(id) ? message : null);
    for (let pass = 0; pass < 2; pass += 1) await world.pass();
    await fresh();
    words = (id) => (few.has(id) && id !== "N-7" ? message : null);
    await world.pass();
    const joins = (await lines()).filter((line) => line.startsWith("entity."));
    expect(joins).to.deep.equal(["entity.joined.intended N-7", "entity.joined N-7 done 1"]);
  });
});
