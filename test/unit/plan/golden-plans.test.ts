import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import type { RoomSpecGiven } from "../../support/a-room-spec.ts";
import type { RoomStateGiven } from "../../support/a-room-state.ts";
import { aPlanInput } from "../../support/a-plan-input.ts";
import { parseSpec } from "../../../agent/spec/parse-spec.ts";
import { renderPlan } from "./render-plan.ts";

/** One folder a case: `spec.room.yaml` is wanted, `room.yaml` is what the server shows, `plan.txt` is what follows. */
const CASES = new URL("../../fixtures/diff/", import.meta.url);

interface Shown extends RoomStateGiven {
  /** `Operator.Features.Resources`; default: true. */
  readonly resourcesOn?: boolean;
  /** Whether the spec before named `dmVisibilityDefault`. */
  readonly dmVisibilityRemoved?: boolean;
}

describe("golden plans", () => {
  for (const name of readdirSync(CASES)) {
    it(name.replaceAll("-", " "), () => {
      const read = (file: string) => readFileSync(new URL(`${name}/${file}`, CASES));
      const parsed = parseSpec(read("spec.room.yaml"), {
        path: "spec.room.yaml",
        maxBytes: 1024 * 1024,
        roomIdPattern: /^room-[a-z0-9]+$/,
      });
      if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.errors));
      const { metadata, spec } = parsed.spec;
      const given: RoomSpecGiven = { ...metadata, ...spec };
      const {
        resourcesOn = true,
        dmVisibilityRemoved = false,
        ...room
      } = parse(read("room.yaml").toString()) as Shown;
      const plan = makePlan(
        aPlanInput({ spec: given, room, resources: resourcesOn, dmVisibilityRemoved }),
      );
      const golden = new URL(`${name}/plan.txt`, CASES);
      const text = renderPlan(plan);
      if (process.env["GOLDEN"] === "write") writeFileSync(golden, text);
      expect(text).to.equal(existsSync(golden) ? readFileSync(golden, "utf8") : "");
    });
  }
});
