import { expect } from "chai";
import { parseTrailers } from "../../../../../agent/intent/trailers.ts";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import { parseCommit } from "../../../../../agent/source/git/objects/git-commit-parse.ts";
import { cpuMs } from "../../../../support/cpu-time.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);

describe("parseCommit", () => {
  const head = [
    `tree ${OID}`,
    `parent ${OID}`,
    `parent ${OTHER}`,
    "author Ada Lovelace <ada@example.org> 1767225600 +0100",
    "committer Bob <bob@example.org> 1767225601 -0030",
  ];
  const commit = (message: string, extra: readonly string[] = []) =>
    Buffer.from(`${[...head, ...extra].join("\n")}\n\n${message}`);

  it("reads tree, parents, author, committer's time and message", () => {
    expect(parseCommit(commit("Subject\n\nConfirm: true\n"))).to.deep.equal({
      tree: OID,
      parents: [OID, OTHER],
      author: "Ada Lovelace <ada@example.org>",
      committer: "Bob <bob@example.org>",
      committedAtMs: 1_767_225_601_000,
      message: "Subject\n\nConfirm: true\n",
    });
  });

  it("reads nothing out of a signature or a merged tag", () => {
    const signed = commit("Real", [
      "gpgsig -----BEGIN",
      ` parent ${"f".repeat(40)}`,
      "author Eve <e> 1 +0000",
    ]);
    expect(parseCommit(signed)).to.deep.include({
      parents: [OID, OTHER],
      author: "Ada Lovelace <ada@example.org>",
      message: "Real",
    });
  });

  it("takes a message of 64 KiB whole, and of a longer one the subject and the end", () => {
    const fits = `Subject\n\n${"x".repeat(65_536 - 9)}`;
    expect(parseCommit(commit(fits)).message).to.equal(fits);
    const long = parseCommit(commit(`${fits}\n\nConfirm: true`)).message;
    expect(long).to.match(/^Subject\n\nx{65521}\n\nConfirm: true$/);
    expect(parseTrailers(long).trailers, "nothing of it counts").to.deep.equal([]);
    const { message } = parseCommit(commit("x".repeat(700_000)));
    expect(message).to.match(/^x{200}\n\nx{65536}$/);
  });

  for (const broken of ["", "tree 123\n\nx", `tree ${OID}\nparent zz\n\nx`, `parent ${OID}\n\nx`]) {
    it(`refuses ${JSON.stringify(broken)}`, () => {
      expect(() => parseCommit(Buffer.from(broken)))
        .to.throw(OperatorError)
        .with.property("code", "CorruptPack");
    });
  }

  it("reads a time that is none as 0", () => {
    const odd = Buffer.from(`tree ${OID}\nauthor A\ncommitter nobody at no time\n\nx`);
    expect(parseCommit(odd)).to.include({ committedAtMs: 0, author: "A" });
  });

  it("keeps 256 characters of an author, however long the line is, and the time behind it", () => {
    const author = `Ada ${"\u00e9".repeat(7_000_000)} <ada@example.org>`;
    const long = Buffer.from(
      `tree ${OID}\nauthor ${author} 1767225600 +0000\ncommitter ${author} 1767225601 +0000\n\nx`,
    );
    const begun = cpuMs();
    const read = parseCommit(long);
    expect(cpuMs() - begun).to.be.below(500);
    expect(read.author).to.match(/^Ada \u00e9{252}\u2026 \(\d+ characters\)$/);
    expect(read.committedAtMs).to.equal(1_767_225_601_000);
  });

  it("reads a header without any blank, or with 300,000 parents, in proportion", () => {
    const begun = process.cpuUsage();
    const empty = Buffer.from(`tree ${OID}\n${"x\n".repeat(2_000_000)}\nm`);
    expect(parseCommit(empty)).to.include({ tree: OID, author: "" });
    const parents = Array.from(
      { length: 300_000 },
      (_, n) => `parent ${n.toString(16).padStart(40, "0")}`,
    );
    const many = Buffer.from(`tree ${OID}\n${parents.join("\n")}\n\nm`);
    expect(parseCommit(many).parents).to.have.length(1000);
    // Time of the processor: a busy machine makes the wall clock run on.
    expect(process.cpuUsage(begun).user / 1000).to.be.below(2000);
  });

  const encoded: readonly (readonly [
    name: string,
    encoding: string,
    bytes: number[],
    want: string,
  ])[] = [
    ["ISO-8859-1", "ISO-8859-1", [0x4a, 0xfc, 0x72, 0x67, 0x65, 0x6e], "J\u00fcrgen"],
    ["latin1 by its short name", "latin1", [0xe9], "\u00e9"],
    ["a control of ISO-8859-1", "ISO-8859-1", [0x93], "\u0093"],
    ["Windows-1252", "windows-1252", [0x93], "\u201c"],
    ["Shift_JIS", "Shift_JIS", [0x83, 0x65], "\u30c6"],
    ["UTF-8 by name", "UTF-8", [0xc3, 0xbc], "\u00fc"],
    ["one that nobody knows", "x-nonsense", [0xfc], "\u00fc"],
    ["one that nobody knows, in UTF-8", "x-nonsense", [0xc3, 0xbc], "\u00fc"],
    ["one that is no superset of ASCII", "UTF-16LE", [0x41, 0x42], "AB"],
  ];
  for (const [name, encoding, bytes, want] of encoded) {
    it(`reads names and messages in ${name} as git log does`, () => {
      const text = Buffer.from(bytes);
      const object = Buffer.concat([
        Buffer.from(`tree ${OID}\nauthor `),
        text,
        Buffer.from(
          ` <a@b.c> 1767225600 +0100\ncommitter A <a@b.c> 1767225601 +0000\nencoding ${encoding}\n\n`,
        ),
        text,
      ]);
      expect(parseCommit(object)).to.include({ author: `${want} <a@b.c>`, message: want });
    });
  }

  it("reads a time before 1970", () => {
    const old = Buffer.from(
      `tree ${OID}\nauthor A <a@b.c> -5000 +0100\ncommitter A <a@b.c> -5000 -0100\n\nx`,
    );
    expect(parseCommit(old)).to.include({ author: "A <a@b.c>", committedAtMs: -5_000_000 });
  });
});
