import { expect } from "chai";
import { anIntake } from "../../support/an-intake.ts";
import { FakeSpecSource } from "../../support/fake-spec-source.ts";
import { specYaml } from "../../support/spec-yaml.ts";

describe("a source without specs", () => {
  it("warns of a source that never held a spec and calls it no failure", async () => {
    const source = new FakeSpecSource();
    source.commit({ "README.md": "hello" });
    const { sync, store } = await anIntake(source);
    expect((await sync()).kind).to.equal("synced");
    expect((await store.readSource("specs"))?.warnings).to.deep.equal([
      {
        reason: "NoSpecsFound",
        message: 'Path "." holds no spec: no file in it matches **/*.room.{yaml,yml,json}',
      },
    ]);
    const audited = async () =>
      (await store.readAudit({ count: 100 }))
        .filter(({ action }) => action.startsWith("source.warn"))
        .map(({ action, metadata }) => `${action} ${JSON.stringify(metadata["reason"])}`);
    expect(await audited()).to.deep.equal(['source.warned "NoSpecsFound"']);
    source.commit({ "a.room.yaml": specYaml({ roomId: "room-a" }) });
    await sync();
    expect(await audited()).to.deep.equal([
      'source.warned "NoSpecsFound"',
      'source.warningEnded "NoSpecsFound"',
    ]);
  });
});
