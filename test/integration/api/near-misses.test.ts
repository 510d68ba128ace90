import { expect } from "chai";
import { byProblem, type RunningApi, startApi } from "../../support/running-api.ts";

const CASES: readonly {
  readonly path: string;
  readonly body: string;
  readonly says: RegExp;
  readonly code?: string;
}[] = [
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
  {
    path: "/apply",
    body: '{"roomId":"lab-01","dryRun":true}',
    says: /unknown field "dryRun".*\. A dry run is the header X-Dry-Run: true, not a field$/,
  },
  {
    path: "/apply",
    body: '{"dry_run":true}',
    says: /^unknown field "dry_run".*\. A dry run is the header X-Dry-Run: true, not a field$/,
  },
  {
    path: "/apply?confirm=true",
    body: '{"roomId":"lab-01"}',
    says: /unknown field "confirm"\. A confirmation is the header X-Confirm: true, not a field$/,
    code: "InvalidQuery",
  },
  {
    path: "/apply",
    body: '{"roomId":"lab-01","specVersion":"2"}',
    says: /specVersion: expected a number, got text/,
  },
  {
    path: "/apply",
    body: '{"roomId":"lab-01","specVersion":-1}',
    says: /specVersion: is too small: expected 0 or more/,
  },
  { path: "/rooms/lab-01/suspend", body: "{}", says: /: reason: is missing$/ },
  {
    path: "/rooms/lab-01/suspend",
    body: '{"reason":7}',
    says: /: reason: expected text, got a number$/,
  },
  {
    path: "/rooms/lab-01/suspend",
    body: "reason: lunch",
    says: /: the body: is missing, or is not JSON$/,
  },
  {
    path: "/sources/specs/accept",
    body: "[]",
    says: /: the body: expected an object, got a list$/,
  },
  {
    path: "/sources/specs/accept",
    body: '{"haed":"x"}',
    says: /: unknown field "haed"; did you mean "head"\?$/,
  },
];

describe("a request that is nearly right", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  for (const { path, body, says, code: wanted = "InvalidBody" } of CASES)
    it(`asks back: ${path} ${body}`, async () => {
      const headers = { "Content-Type": "application/json" };
      const { code, detail } = byProblem(await api.ask(path, { method: "POST", headers, body }));
      expect(code).to.equal(wanted);
      expect(detail).to.match(says);
    });
});
