import { expect } from "chai";
import type { CloneEvent } from "../../../agent/source/git/git-clone-events.ts";
import { cloneReport } from "../../../agent/run/clone-report.ts";

describe("cloneReport", () => {
  let counted: string[];
  let said: string[];
  let fields: unknown[];
  let report: (event: CloneEvent) => void;
  beforeEach(() => {
    counted = [];
    said = [];
    fields = [];
    const line = (level: string) => (of: unknown, text?: string) => {
      fields.push(of);
      said.push(`${level} ${text}`);
    };
    report = cloneReport({
      source: "specs",
      metrics: { cloneRotated: (source, result) => counted.push(`${source} ${result}`) },
      log: { info: line("info"), warn: line("warn") } as never,
    });
  });

  const failed = (isNewReason: boolean): CloneEvent => ({
    kind: "rotationFailed",
    failure: { kind: "failed", reason: "ServerError", message: "503" },
    isNewReason,
    retryAfterMs: 1,
  });

  it("counts each failure and tells it once", () => {
    for (const isNewReason of [true, false, false]) report(failed(isNewReason));
    expect(counted).to.deep.equal(["specs failed", "specs failed", "specs failed"]);
    expect(said).to.deep.equal(["warn clone rotation failed"]);
  });

  it("tells why a clone was made anew or thrown away", () => {
    const size = { packs: 1, bytes: 1 };
    report({ kind: "rotated", why: "bytes", durationMs: 5, before: size, after: size });
    report({ kind: "discarded", why: "damaged" });
    expect(counted).to.deep.equal(["specs bytes", "specs damaged"]);
    expect(said).to.deep.equal(["info clone rotated", "warn clone discarded"]);
  });

  it("names the other sources of a shared clone", () => {
    report({ kind: "discarded", why: "gone", sharedWith: ["b", "c"] });
    expect(fields.at(-1)).to.deep.include({ source: "specs", sharedWith: ["b", "c"] });
    report({ kind: "discarded", why: "gone" });
    expect(fields.at(-1)).to.not.have.property("sharedWith");
  });
});
