import { expect } from "chai";
import { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";
import { recordedAnswer, recordedNames } from "../../support/forge/recorded-gitea.ts";
import { shapeOf } from "../../support/forge/shape-of.ts";
import { shapeStory } from "./gitea-shape-story.ts";

/** Headers whose presence is held too. */
const HEADERS = ["content-type", "location", "link", "x-total-count", "x-hasmore", "x-pagecount"];

/**
 * The stand-in for Gitea is sent what a real one was sent, in a story that leads there. Compared are status, headers, and each
 * member's name and type at every depth; not the values.
 */
describe("the stand-in for Gitea answers like a real 1.26.3", () => {
  let gitea: GiteaStandIn;
  const told = new Map<string, { status: number; headers: Headers; body: unknown }>();

  before(async () => {
    gitea = await GiteaStandIn.start();
    for await (const [name, answer] of shapeStory(gitea)) told.set(name, answer);
  });
  after(() => gitea.stop());

  for (const name of recordedNames("answers")) {
    it(name, () => {
      const { response } = recordedAnswer(name);
      const answer = told.get(name);
      expect(answer, "the story has it").to.not.equal(undefined);
      if (answer === undefined) return;
      expect(answer.status).to.equal(response.status);
      const given = (has: (header: string) => boolean) => HEADERS.filter(has);
      expect(given((header) => answer.headers.has(header))).to.deep.equal(
        given((header) => header in response.headers),
      );
      if (response.headers["content-type"] !== undefined) {
        expect(answer.headers.get("content-type")).to.equal(response.headers["content-type"]);
      }
      expect(shapeOf(answer.body)).to.equal(shapeOf(response.body));
    });
  }
});
