import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fastRandom } from "../../fuzz/fast-random.ts";
import { FuzzCorpus } from "../../fuzz/fuzz-corpus.ts";
import { TARGETS } from "../../fuzz/targets/all-targets.ts";
import { NO_METER, tryInput } from "../../fuzz/try-input.ts";

const FIXTURES = fileURLToPath(new URL("../../fixtures/fuzz/", import.meta.url));

/** A few for each change; `npm run test:fuzz` tries millions, and measures what they cost. */
const INPUTS = 100;

for (const target of TARGETS) {
  describe(`whatever reads ${target.what}`, () => {
    it("takes the inputs it begins with", async () => {
      for (const seed of target.seeds) {
        expect(await tryInput(target, seed, NO_METER)).to.have.property("kind", "ended");
      }
    });

    it("ends well with damaged ones", async () => {
      const corpus = new FuzzCorpus(target, fastRandom(1));
      for (let count = -target.seeds.length; count < INPUTS; count += 1) {
        const input = (count < 0 ? target.seeds.at(count) : undefined) ?? corpus.next();
        const tried = await tryInput(target, input, NO_METER);
        expect(tried, Buffer.from(input).toString("base64")).to.have.property("kind", "ended");
        if (tried.kind === "ended") corpus.learn(input, tried.word);
      }
      expect(corpus.ways, "ways of ending").to.be.above(1);
    });

    const folder = `${FIXTURES}${target.name}`;
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      it(`ends well with ${name}, which it once did not`, async () => {
        const input = readFileSync(`${folder}/${name}`);
        expect(await tryInput(target, input, NO_METER)).to.have.property("kind", "ended");
      });
    }
  });
}
