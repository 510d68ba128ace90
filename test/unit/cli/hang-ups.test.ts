import { expect } from "chai";
import { HangUps } from "../../../agent/cli/command.ts";

describe("hang-ups", () => {
  it("that came before somebody listens are kept, as one", () => {
    const hangUps = new HangUps();
    hangUps.came();
    hangUps.came();
    let heard = 0;
    hangUps.listen(() => (heard += 1));
    expect(heard).to.equal(1);
    hangUps.came();
    expect(heard).to.equal(2);
  });

  it("are heard only when one came", () => {
    const hangUps = new HangUps();
    let heard = 0;
    hangUps.listen(() => (heard += 1));
    expect(heard).to.equal(0);
  });
});
