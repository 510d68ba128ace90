import { expect } from "chai";
import { byProblem, type RunningApi, startApi } from "../../support/running-api.ts";

const CASES: readonly { readonly path: string; readonly body: string; readonly says: RegExp }[] = [
  {
    path: "/apply",
    body: '{"roomid":"lab-01"}',
    says: /^unknown field "roomid"; did you mean "roomId"\? Send \{"roomId": "…"\}/,
  },
  {
    path: "/apply",
    body: '{"room_id":"lab-01","specversion":1}',
    says: /^unknown field "room_id"; did you mean "roomId"\?.*"specversion"; did you mean "specVersion"\?/,
  },
  {
    path: "/apply",
    body: '{"Spec":{"metadata":{"version":1}}}',
    says: /^unknown field "Spec"; did you mean "spec"\?/,
  },
  {
    path: "/apply",
    body: '{"roomId":"lab-01","specversion":2}',
    says: /unknown field "specversion"; did you mean "specVersion"\?/,
  },
  {
    path: "/rooms/lab-01/suspend",
    body: '{"Reason":"why"}',
    says: /: unknown field "Reason"; did you mean "reason"\?$/,
  },
  { path: "/rooms/lab-01/suspend", body: "{}", says: /: reason: is missing$/ },
  {
    path: "/sources/specs/accept",
    body: '{"haed":"x"}',
    says: /: unknown field "haed"; did you mean "head"\?$/,
  },
];

describe("a body with a misspelled member", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  for (const { path, body, says } of CASES)
    it(`asks back: ${path} ${body}`, async () => {
      const headers = { "Content-Type": "application/json" };
      const { code, detail } = byProblem(await api.ask(path, { method: "POST", headers, body }));
      expect(code).to.equal("InvalidBody");
      expect(detail).to.match(says);
    });
});
