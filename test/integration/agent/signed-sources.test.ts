import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { ExplainAnswer } from "../../../agent/api/explain/explain-contract.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { logOf } from "../../support/attention-checks.ts";
import { checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { RoomStory } from "../../support/room-story.ts";
import { signHead, SigningKeys, whyNoSigning } from "../../support/signing-keys.ts";
import type { Signer } from "../../support/signing-keys.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

const missing = whyNoSigning();
const VERIFY = "Git__Sources__0__Verify__";

describe(`a source of signed commits${missing === null ? "" : ` (SKIPPED: ${missing})`}`, function () {
  this.timeout(120_000);
  let keys: SigningKeys;
  let ada: Signer;
  let eve: Signer;
  let world: AgentWorld;
  let room: RoomStory;
  let file: string;

  before(function () {
    if (missing !== null) {
      console.error(`SKIPPED: ${missing}`);
      this.skip();
    }
    keys = new SigningKeys();
    ada = keys.sshSigner("ada");
    eve = keys.sshSigner("eve");
  });
  after(() => {
    if (missing === null) keys.remove();
  });

  beforeEach(async () => {
    world = await AgentWorld.create();
    room = new RoomStory(world, "room-signed");
    file = keys.write("allowed", ada.publicText);
  });
  afterEach(async () => {
    await checkWorld(world);
    await world.remove();
  });

  const commit = (count: number, message?: string) => {
    const spec = specYaml({ roomId: room.id, version: count, entities: entityIds(count) });
    return world.commit({ [room.path]: spec }, message);
  };
  const signed = (signer: Signer, count: number, message?: string) => {
    commit(count, message);
    return signHead(world.repository, signer);
  };
  const start = (mode: string) =>
    world.start({ [`${VERIFY}Mode`]: mode, [`${VERIFY}AllowedSignersFile`]: file });
  const source = async () => {
    const [first] = (await world.status()).sources;
    if (first === undefined) throw new Error("there is no source");
    return first;
  };
  const fails = (reason: string, text: string) =>
    eventually(`${reason}: ${text}`, async () => {
      const { lastError } = await source();
      return lastError?.reason === reason && lastError.message.includes(text)
        ? lastError
        : undefined;
    });
  const condition = async () => (await source()).conditions?.[0];

  it("keeps what was accepted last while the newest commit does not count, and says so everywhere", async () => {
    const good = signed(ada, 2);
    await start("head");
    await world.verified(room.id, good);
    await world.observed(good);
    expect(await source()).to.deep.include({ lastError: null });
    expect((await source()).signature).to.include({
      head: good,
      tool: "ssh",
      key: ada.fingerprint,
      name: "ada@example.org",
    });
    expect(await condition()).to.deep.include({ status: "True", reason: "SignatureVerified" });
    const [synced] = await world.audit("source.synced");
    expect(synced?.metadata["signedBy"]).to.equal(`ada@example.org (ssh key ${ada.fingerprint})`);

    const bad = commit(3);
    const { message } = await fails(
      "SignatureMissing",
      `The commit ${bad} (the newest) is not signed`,
    );
    await world.kickByHand(room.id, "E-01");
    await room.pass();
    expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
    expect((await source()).observedRevision).to.equal(`main@sha1:${good}`);
    expect(await condition()).to.deep.include({
      status: "False",
      reason: "SignatureMissing",
      message,
    });
    const health = await world.get<{ checks: unknown }>("/health");
    expect(JSON.stringify(health.body)).to.include("SignatureMissing");
    const { body } = await world.get<ExplainAnswer>(`/rooms/${room.id}/explain`);
    expect(body.blockedBy[0]).to.include({ reason: "SignatureMissing" });
    expect(logOf(world).some((line) => line["reason"] === "SignatureMissing")).to.equal(true);
    const [failed] = await world.audit("source.failed");
    expect(failed?.metadata).to.include({ reason: "SignatureMissing", message });
    expect(await world.text("/metrics")).to.match(/result="SignatureMissing"[^}]*\} [1-9]/);

    signed(eve, 3);
    await fails("SignerUnknown", eve.fingerprint);
    const healed = signed(ada, 4);
    await world.verified(room.id, healed);
    await world.observed(healed);
    await eventually("the error is over", async () => (await source()).lastError === null);
  });

  it("checks the commit in force again once the mode or a key changes", async () => {
    const first = commit(2);
    await world.start();
    await world.verified(room.id, first);
    await world.stop();
    await start("head");
    await fails("SignatureMissing", first);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02"]);
    const good = signed(ada, 3);
    await world.verified(room.id, good);

    writeFileSync(file, eve.publicText);
    await fails("SignerUnknown", ada.fingerprint);
    writeFileSync(file, "# nobody yet\n");
    await fails("SignatureUnchecked", `the file ${file} names no signer`);
    expect(await condition()).to.include({ status: "Unknown", reason: "SignatureUnchecked" });
    rmSync(file);
    await fails("SignatureUnchecked", "cannot be read (it does not exist)");
    writeFileSync(file, ada.publicText);
    await eventually("it recovers", async () => (await source()).lastError === null);
    expect(await room.entities()).to.deep.equal(["E-01", "E-02", "E-03"]);

    // The clone is gone, too: the commit in force is brought back to be checked.
    await world.stop();
    rmSync(join(world.data, "git"), { recursive: true });
    await world.start({ [`${VERIFY}Mode`]: "all" });
    await eventually("checked for the new mode", async () => {
      const records = await world.audit("source.verified");
      return records.some(({ metadata }) => metadata["head"] === good);
    });
    const checks = (await world.audit("source.verified")).length;
    await world.stop();
    await world.start();
    await eventually("polled", async () => (await source()).lastPoll !== null);
    expect(await world.audit("source.verified")).to.have.length(checks);
  });

  it("wants each new commit signed with `all`, merged ones too", async () => {
    const base = signed(ada, 1);
    await start("all");
    await world.verified(room.id, base);
    world.repository.git("branch", "side", "main");
    const spec = specYaml({ roomId: room.id, version: 2, entities: entityIds(2) });
    const side = world.commit({ [room.path]: spec }, "Side", { branch: "side" });
    world.commit({ [room.path]: spec }, "Merge", { parents: [base, side] });
    const merge = signHead(world.repository, ada);
    await fails("SignatureMissing", `The commit ${side} (behind the newest, ${merge})`);
    world.repository.forceBranch(base);
    const good = signed(ada, 3);
    await world.verified(room.id, good);
  });

  it("is judged apart from another source of the same repository", async () => {
    const other = new RoomStory(world, "room-other");
    const files = (count: number) => ({
      [`signed/${room.path}`]: specYaml({ roomId: room.id, entities: entityIds(count) }),
      [`free/${other.path}`]: specYaml({ roomId: other.id, entities: entityIds(count) }),
    });
    world.commit(files(1));
    const good = signHead(world.repository, ada);
    await world.start({
      Git__Sources__0__Path: "signed",
      [`${VERIFY}Mode`]: "head",
      [`${VERIFY}AllowedSignersFile`]: file,
      Git__Sources__1__Name: "free",
      Git__Sources__1__Url: world.git.url(),
      Git__Sources__1__Path: "free",
      Git__Sources__1__IntervalSeconds: "0.2",
    });
    await world.verified(room.id, good);
    await world.verified(other.id, good);
    const unsigned = world.commit(files(2));
    await world.verified(other.id, unsigned);
    await fails("SignatureMissing", unsigned);
    expect(await room.entities()).to.deep.equal(["E-01"]);
    expect((await world.status()).sources[1]).to.deep.include({ lastError: null });
  });
});
