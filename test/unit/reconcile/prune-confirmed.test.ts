import { expect } from "chai";
import { PRUNE_MARK } from "../../support/a-prune-mark.ts";
import { aConfirmation } from "../../support/a-row.ts";
import { entityIds } from "../../support/spec-yaml.ts";
import { PassWorld } from "../../support/pass-world.ts";

describe("a prune", () => {
  it("is not confirmed by what was confirmed for anything else", async () => {
    const world = new PassWorld({ prunes: () => true });
    await world.verified({ entities: entityIds(3) });
    await world.change({ owner: null, prune: PRUNE_MARK });
    const items = entityIds(3).map((id) => `entity/${id}` as const);
    const row = aConfirmation({ items, named: true, expiresAt: "2100-01-01T00:00:00.000Z" });
    await world.store.write([{ kind: "confirmation", row }]);
    await world.pass();
    expect(world.room().entities).to.have.length(3);
    expect((await world.row()).refusals.map(({ reason }) => reason)).to.deep.equal([
      "PruneNeedsConfirm",
    ]);
  });
});

describe("a prune that a request confirmed", () => {
  it("is all that the request confirmed: not what a file that comes back takes out", async () => {
    const world = new PassWorld({ prunes: () => true });
    await world.verified({ entities: entityIds(25) });
    await world.change({ owner: null, prune: PRUNE_MARK });
    await world.pass({ trigger: "apply", confirm: true });
    const left = world.room().entities.length;
    expect(left, "one batch is gone").to.be.within(1, 24);
    const owner = { kind: "git", source: "specs", path: PRUNE_MARK.path } as const;
    const entities = world.room().entities.slice(0, 1);
    await world.push(
      { version: 2, entities: entities.map(({ id }) => id) },
      {},
      { owner, prune: null },
    );
    await world.pass();
    expect(world.room().entities).to.have.length(left);
    expect((await world.row()).refusals).to.not.deep.equal([]);
  });
});
