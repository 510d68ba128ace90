import { expect } from "chai";
import * as fc from "fast-check";
import { toItem } from "../../../agent/plan/item.ts";
import { planComment, planMarker } from "../../../agent/review/plan-comment.ts";
import type { Review, RoomReview } from "../../../agent/review/review.ts";
import { aReview, aRoomReview } from "../../support/a-review.ts";
import { outsideCode } from "../../support/outside-code.ts";

const OPTIONS = { labels: { confirm: "confirm", dryRun: "dry-run" }, notes: [] };

const comment = (
  given: Partial<Review>,
  options: Partial<Parameters<typeof planComment>[1]> = {},
) => planComment(aReview(given), { ...OPTIONS, ...options });

describe("the comment with the plan of a pull request", () => {
  it("shows each room with what is added, changed, removed and refused", () => {
    const { text, shown } = comment({ rooms: [aRoomReview("harbor7", { joins: 1, kicks: 2 })] });
    expect(text.split("\n")[0]).to.equal("<!-- room-operator/plan: specs -->");
    expect(text).to.contain("**1 room changes, 2 removals, 2 removals to be confirmed**");
    expect(text).to.contain("#### `harbor7`");
    expect(text).to.contain("- added `entity/E-1`: `{");
    expect(text).to.contain("- removed `entity/E-1001`");
    expect(text).to.contain(
      "**Refused until a person confirms it:**\n\n- `entity/E-1001`\n- `entity/E-1002`",
    );
    expect(text).to.contain("- `ChangeThresholdExceeded`: `too much is removed`");
    expect(text).to.contain("Set the label `confirm`");
    expect(text).to.contain("after another plan it must be set again");
    expect(text).to.contain("`Confirm: <roomId>`");
    expect(text).to.contain("`X-Confirm: true`");
    expect(shown.get("harbor7")).to.deep.equal(["entity/E-1001", "entity/E-1002"]);
  });

  it("says how to allow something only where something is refused", () => {
    const { text } = comment({ rooms: [aRoomReview("harbor7", { joins: 1 })] });
    expect(text).not.to.contain("To allow");
    expect(text).to.contain("With the label `dry-run` the merge is planned only.");
  });

  it("shows spec errors with line and column, seeds, files that are not read, and what is not whole", () => {
    const room: RoomReview = {
      ...aRoomReview(),
      seeds: [{ path: "s.md", reason: "SeedMissing", message: "no such file" }],
    };
    const errors = [{ path: "a.room.yaml", line: 3, column: 5, message: "unknown key" }];
    const { text } = comment({
      rooms: [room],
      invalid: [{ path: "a.room.yaml", roomId: null, errors }],
      ignored: [{ path: "b.room.yaml", by: "ignored by .roomignore line 1" }],
      problems: [{ isPassing: false, message: "the list of files is cut" }],
    });
    expect(text).to.contain("**Errors in `a.room.yaml`:**\n\n- `3:5` `unknown key`");
    expect(text).to.contain("- `s.md` `SeedMissing` `no such file`");
    expect(text).to.contain("- `b.room.yaml` `ignored by .roomignore line 1`");
    expect(text).to.contain("**Not planned whole:**\n\n- `the list of files is cut`");
    expect(text).to.contain("**not planned whole, 1 spec file with errors, 1 room changes**");
  });

  it("shows a room without a spec, one of another source and one that cannot be read", () => {
    const rooms: readonly RoomReview[] = [
      { ...aRoomReview("gone1"), result: { kind: "gone", prunes: [] } },
      { ...aRoomReview("gone2"), result: { kind: "gone", prunes: ["entity/E-9"] } },
      {
        ...aRoomReview("other"),
        result: { kind: "rejected", reason: "ClaimedTwice", message: "m" },
      },
      { ...aRoomReview("down"), result: { kind: "failed", message: "connect ECONNREFUSED" } },
    ];
    const { text, shown } = comment({ rooms });
    expect(text).to.contain("the room is orphaned, and nothing is removed from it");
    expect(text).to.contain("not by a label:\n\n- `entity/E-9`");
    expect(text).to.contain("Not applied: `ClaimedTwice`: `m`");
    expect(text).to.contain("Not planned: `connect ECONNREFUSED`");
    expect([...shown]).to.deep.equal([
      ["gone2", []],
      ["gone1", []],
    ]);
  });

  it("folds a room with many lines", () => {
    const { text } = comment({ rooms: [aRoomReview("harbor7", { joins: 30 })] });
    expect(text).to.contain("<details><summary>30 lines</summary>\n\n- added");
  });

  it("says what a label that stands there is worth", () => {
    const notes = [
      { name: "confirm", why: "confirms nothing: it has the id 5." },
      { name: "confirm/harbor7", why: null },
    ];
    const { text } = comment({ rooms: [aRoomReview("harbor7", { kicks: 1 })] }, { notes });
    expect(text).to.contain("**The label `confirm` confirms nothing: it has the id 5.**");
    expect(text).to.contain("The label `confirm/harbor7` was set after this plan was shown.");
  });

  it("stays within the cap, shows first what waits for a person, and lets no label confirm what it leaves out", () => {
    const rooms = Array.from({ length: 400 }, (_, at) =>
      aRoomReview(`room-${at}`, at === 399 ? { kicks: 3 } : { joins: 40 }),
    );
    const { text, shown } = comment({ rooms });
    expect(Buffer.byteLength(text)).to.be.within(50_000, 60_000);
    expect(shown.get("room-399")).to.have.length(3);
    expect(shown.size).to.be.below(400);
    expect(text).to.contain(
      `${400 - shown.size} rooms more, not shown here: no label confirms their removals.`,
    );
    const many = comment({ rooms: [aRoomReview("harbor7", { kicks: 5000 })] });
    const listed = many.shown.get("harbor7") ?? [];
    expect(listed.length).to.be.within(100, 4999);
    expect(many.text).to.contain(`${5000 - listed.length} more removals are refused and not shown`);
    for (const item of listed) expect(many.text).to.contain(`- \`${item}\``);
  });

  it("has a marker that no name of a source ends", () => {
    expect(planMarker("a--b")).to.equal("<!-- room-operator/plan: a-%2Db -->");
    expect(planMarker("a---->b").slice(4, -3)).not.to.contain("--");
  });

  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          "@ada",
          "`",
          "``",
          "```",
          "\n\n# x\n",
          "<b>",
          "<script>",
          "</details>",
          "<!--",
          "-->",
          "[x](http://evil)",
          "![i](http://evil/i.png)",
          "http://evil",
          "#1",
          "\u202e",
          "\r",
          "\\",
          "|",
          "~~~",
          " ",
          "x".repeat(500),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join("")),
  );

  it("makes nothing of hostile names, values and messages", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 8, maxLength: 8 }), (texts) => {
        const [a = "", b = "", c = "", d = "", e = "", f = "", g = "", h = ""] = texts;
        const base = aRoomReview(a, { kicks: 2 });
        if (base.result.kind !== "planned") throw new Error("not planned");
        const item = toItem("entity", b);
        const [kick] = base.result.plan.actions;
        const plan = {
          ...base.result.plan,
          actions: [
            ...(kick === undefined ? [] : [{ ...kick, item }]),
            {
              kind: "setPolicy",
              item: toItem("policy", c),
              policy: "dmVisibilityDefault",
              value: d,
              previous: e,
              removal: false,
            },
          ],
          blocked: [{ item, reason: "SeedMissing", message: f }],
        } as const;
        const refusals = base.result.refusals.map((one) => ({ ...one, message: g }));
        const result = { ...base.result, plan, refusals, refused: [item], closed: h };
        const error = { path: b, line: 1, column: 1, message: c };
        const { text, shown } = comment(
          {
            baseBranch: h,
            rooms: [
              {
                ...base,
                path: f,
                result,
                warnings: [error],
                seeds: [{ path: d, reason: "SeedMissing", message: e }],
              },
              { ...base, roomId: `${a}2`, result: { kind: "failed", message: g } },
              { ...base, roomId: `${a}3`, result: { kind: "rejected", reason: c, message: g } },
            ],
            invalid: [{ path: a, roomId: b, errors: [error] }],
            ignored: [{ path: g, by: h }],
            problems: [{ isPassing: true, message: d }],
          },
          { notes: [{ name: e, why: "confirms nothing." }], labels: { confirm: f, dryRun: g } },
        );
        const plain = outsideCode(text)
          .replace("<!-- room-operator/plan: specs -->", "")
          .replaceAll(/<details><summary>\d+ lines<\/summary>|<\/details>/g, "");
        expect(plain).not.to.match(/[<>@[\]!~\\]|http|evil|#\d|\p{Bidi_C}/u);
        expect(
          plain
            .match(/^#+ .*$/gm)
            ?.every((line) => /^#{3,4} (?:Room plan of source )?␣$/.test(line)),
          plain,
        ).to.equal(true);
        expect(Buffer.byteLength(text)).to.be.below(60_000);
        for (const one of shown.get(a) ?? []) expect([item]).to.include(one);
      }),
      { numRuns: 300 },
    );
  });
});
