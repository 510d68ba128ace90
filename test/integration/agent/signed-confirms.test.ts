import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { signHead, SigningKeys, whyNoSigning } from "../../support/signing-keys.ts";
import type { Signer } from "../../support/signing-keys.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const missing = whyNoSigning();

describe(`a Confirm that must be signed${missing === null ? "" : ` (SKIPPED: ${missing})`}`, function () {
  this.timeout(120_000);
  let keys: SigningKeys;
  let ada: Signer;
  let eve: Signer;
  let world: AgentWorld;
  let room: RoomStory;

  before(async function () {
    if (missing !== null) {
      console.error(`SKIPPED: ${missing}`);
      this.skip();
    }
    keys = new SigningKeys();
    ada = keys.gpgSigner("ada");
    eve = keys.sshSigner("eve");
    world = await AgentWorld.create({
      Operator__Reconciliation__IntervalSeconds: "60",
      Git__Sources__0__Verify__KeyFiles__0: keys.write("ada.asc", ada.publicText),
      Git__Sources__0__Verify__AllowedSignersFile: keys.write("allowed", eve.publicText),
      Git__Sources__0__Intent__ConfirmRequiresSignature: "true",
      Git__Sources__0__Intent__ConfirmSigners__0: ada.fingerprint.toLowerCase(),
    });
    room = new RoomStory(world, "room-confirmed");
    const head = commit(8);
    await world.start();
    await world.verified(room.id, head);
  });
  after(async () => {
    if (missing !== null) return;
    await checkWorld(world);
    await world.remove();
    keys.remove();
  });

  function commit(count: number, message?: string): string {
    const spec = specYaml({ roomId: room.id, entities: entityIds(count) });
    return world.commit({ [room.path]: spec }, message);
  }
  const ignored = (commit: string, why: string) =>
    eventually(`ignored: ${why}`, async () => {
      const lines = (await room.status()).intentIgnored;
      return lines.find((line) => line.commit === commit && line.reason.includes(why));
    });

  it("does not count in an unsigned commit, or in one that another key signed, and says why", async () => {
    const unsigned = commit(2, "Fewer\n\nConfirm: true");
    const { reason } = await ignored(unsigned, "this commit is not signed");
    expect(reason).to.match(
      /^NotSigned: a `Confirm` counts only in a commit that is signed by a key/,
    );
    expect((await room.pass()).status).to.equal(412);
    commit(2, `Please\n\nConfirm: ${room.id}`);
    const byEve = signHead(world.repository, eve);
    await ignored(byEve, `eve@example.org (ssh key ${eve.fingerprint}), which is not one of them`);
    expect(await room.entities()).to.have.length(8);
    expect((await world.status()).sources[0]?.lastError).to.equal(null);
  });

  it("counts in a commit that is signed by such a key, and the audit says who signed", async () => {
    world.commit({}, `Go\n\nConfirm: ${room.id}`);
    const head = signHead(world.repository, ada);
    await world.observed(head);
    await eventually("removed", async () => (await room.entities()).length === 2);
    const [record, ...others] = await room.audit("confirm");
    expect(others).to.deep.equal([]);
    expect(record?.metadata).to.include({
      commit: head,
      signedBy: `ada <ada@example.org> (GPG key ${ada.fingerprint})`,
    });
  });

  it("stays used when a forced push brings it again", async () => {
    const top = world.repository.head() ?? "";
    const back = world.repository.git("rev-parse", "main~1");
    await room.driftIn(...entityIds(8).map((id) => `X-${id}`));
    expect((await room.pass()).status).to.equal(412);
    for (const oid of [back, top]) {
      world.repository.forceBranch(oid);
      await world.observed(oid);
    }
    expect((await room.pass()).status).to.equal(412);
    expect(await room.audit("confirm")).to.have.length(1);
  });

  it("lets a Dry-Run count unsigned", async () => {
    commit(3, "One more\n\nDry-Run: true");
    await world.reason(room.id, "DryRun");
  });
});
