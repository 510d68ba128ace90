import { expect } from "chai";
import { parseTrailers } from "../../../agent/intent/trailers.ts";
import { acceptedMessages, ignoredMessages } from "../../support/commit-messages.ts";
import { cpuMs } from "../../support/cpu-time.ts";

describe("parseTrailers", () => {
  for (const { name, message, want } of acceptedMessages) {
    it(`reads ${name}`, () => {
      expect(parseTrailers(message)).to.deep.equal({ trailers: want, ignored: [] });
    });
  }

  for (const { name, message, reason } of ignoredMessages) {
    it(`does not count ${name}, and says why`, () => {
      const { trailers, ignored } = parseTrailers(message);
      expect(trailers).to.deep.equal([]);
      expect(ignored).to.not.equal([]);
      for (const entry of ignored) expect(entry.reason).to.match(reason);
      expect(ignored.length, "reported lines").to.be.greaterThan(0);
    });
  }

  it("reads one kind though the other is malformed", () => {
    const { trailers, ignored } = parseTrailers("Tidy up\n\nConfirm: yes\nDry-Run: room-a\n");
    expect(trailers).to.deep.equal([{ kind: "dryRun", scope: ["room-a"] }]);
    expect(ignored.map((entry) => entry.line)).to.deep.equal(["Confirm: yes"]);
  });

  it("reports nothing for ordinary messages", () => {
    for (const message of [
      "",
      "\n\n",
      "Add a bot",
      "Add a bot\n\nIt confirms that orders arrive: see the dry run below.\n\nSigned-off-by: A <a@b.c>\n",
      "Confirm the new layout\n\nReviewed-by: B <b@b.c>",
      "Move it\n\nConfirm that it works.",
      "Move it\n\nConfirm receipt",
      "Move it\n\nThis was asked for, and we\nconfirm",
      "Move it\n\nOverride window handling is new",
      "Confirm room-01",
      "Add\n\n* one\n* two: three\n",
    ]) {
      expect(parseTrailers(message), message).to.deep.equal({ trailers: [], ignored: [] });
    }
  });

  it("reports what a human would quote: shortened and without control characters", () => {
    const { ignored } = parseTrailers(`Tidy up\n\nConfirm: \u001B[31m${"x".repeat(5000)}\n`);
    expect(ignored).to.have.length(1);
    expect(ignored[0]?.line).to.match(/^Confirm: \u{FFFD}\[31mx+… \(5014 characters\)$/u);
    expect(ignored[0]?.line.length).to.be.below(230);
    expect(ignored[0]?.reason.length).to.be.lessThan(400);
  });

  it("reports at most twenty lines", () => {
    const { ignored } = parseTrailers(`Tidy up\n\n${"> Confirm: true\n".repeat(500)}`);
    expect(ignored).to.have.length(20);
  });

  it("counts up to the byte cap and nothing above it", () => {
    const frame = (fill: string) => `Tidy up\n\n${fill}\n\nConfirm: true\n`;
    const room = 65_536 - Buffer.byteLength(frame(""));
    expect(parseTrailers(frame("x".repeat(room))).trailers).to.have.length(1);
    expect(parseTrailers(frame("x".repeat(room + 1))).trailers).to.deep.equal([]);
    expect(parseTrailers(frame("ы".repeat(room / 2 + 1))).trailers).to.deep.equal([]);
    expect(parseTrailers(frame("x".repeat(room + 1))).ignored[0]?.reason).to.match(/65536 bytes/u);
  });

  it("takes time in proportion to the message", () => {
    const startMs = cpuMs();
    for (const unit of ["Confirm:\n", "a: b\n", " \n", "---x\n", "Confirm: a,\n", "*>"]) {
      parseTrailers(`Tidy up\n\n${unit.repeat(Math.floor(65_000 / unit.length))}\n`);
    }
    expect(cpuMs() - startMs).to.be.lessThan(1500);
  });

  const MARKS = Array.from("-\"'*.,;<>|~`()[] \t:=#–");
  for (const start of ["Confirm", "dry-run", "\u00e9", "Dry-Run x", "Dry-Run: x"]) {
    for (const end of ["y", "y z\r", "y z\u2028x", ": x", ""]) {
      const name = `takes time in proportion to lines of marks between ${JSON.stringify([start, end])}`;
      it(name, () => {
        const startMs = cpuMs();
        for (const mark of MARKS) {
          const line = start + mark.repeat(3900) + end;
          parseTrailers(`Tidy up\n\n${`${line}\n`.repeat(15)}`);
        }
        expect(cpuMs() - startMs).to.be.lessThan(3000);
      });
    }
  }
});
