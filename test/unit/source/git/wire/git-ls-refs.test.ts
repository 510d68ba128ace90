import { expect } from "chai";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import { LsRefsAnswer, lsRefsRequest } from "../../../../../agent/source/git/wire/git-ls-refs.ts";
import { encodeLine, FLUSH } from "../../../../../agent/source/git/wire/git-pkt-line.ts";
import { MAIN, named, readAdvertisement, readLsRefs } from "../../../../support/ref-lists.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";
const SERVICE = [encodeLine("# service=git-upload-pack"), FLUSH];
const body = (...parts: readonly (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? encodeLine(part) : part)));

describe("lsRefsRequest", () => {
  it("asks for the refs with some beginnings, peeled, of a SHA-1 repository", () => {
    expect(lsRefsRequest(["refs/heads/main", "refs/tags/v"], true).toString()).to.equal(
      "0014command=ls-refs\n0017object-format=sha1\n00010009peel\n" +
        "001fref-prefix refs/heads/main\n001bref-prefix refs/tags/v\n0000",
    );
  });

  it("names no object format to a server that knows none", () => {
    expect(lsRefsRequest(["refs/heads/main"], false).toString()).to.not.contain("object-format");
  });
});

/** A line of a list whose name is these bytes. */
const lineOf = (oid: string, name: Buffer) => {
  const payload = Buffer.concat([Buffer.from(`${oid} `), name, Buffer.from("\n")]);
  return Buffer.concat([Buffer.from((payload.length + 4).toString(16).padStart(4, "0")), payload]);
};

describe("LsRefsAnswer", () => {
  it("reads the wanted refs, the number of all, and where HEAD points", () => {
    const answer = body(
      `${OID} HEAD symref-target:refs/heads/trunk`,
      `${OID} ${MAIN}`,
      `${OID} ${MAIN}-old peeled:${OID}`,
      FLUSH,
    );
    const { refs, count, headTarget } = readLsRefs(answer);
    expect([...refs]).to.deep.equal([[MAIN, { oid: OID, peeled: null }]]);
    expect({ count, headTarget }).to.deep.equal({ count: 3, headTarget: "refs/heads/trunk" });
  });

  it("reads a list without refs", () => {
    expect(readLsRefs(body(FLUSH))).to.include({ count: 0, headTarget: null });
  });

  const strangers: { name: string; bytes: Buffer }[] = [
    { name: "an ideographic space", bytes: Buffer.from("refs/heads/main\u3000screen") },
    { name: "a no-break space", bytes: Buffer.from("refs/heads/main\u00a0x") },
    { name: "a line separator", bytes: Buffer.from("refs/heads/main\u2028x") },
    { name: "bytes that are not UTF-8", bytes: Buffer.from([0x6d, 0xff, 0xc3, 0x28]) },
    { name: "an overlong encoding", bytes: Buffer.from([0x6d, 0xc0, 0xaf]) },
    { name: "a tab and a carriage return", bytes: Buffer.from("refs/heads/main\tx\r") },
    { name: "60,000 bytes", bytes: Buffer.alloc(60_000, 0x61) },
  ];
  for (const { name, bytes } of strangers) {
    it(`ignores another ref whose name holds ${name}`, () => {
      const list = readLsRefs(Buffer.concat([lineOf(OID, bytes), body(`${OID} ${MAIN}`, FLUSH)]));
      expect([...list.refs]).to.deep.equal([[MAIN, { oid: OID, peeled: null }]]);
      expect(list.count).to.equal(2);
    });
  }

  it("finds a branch whose own name is not ASCII", () => {
    const name = "refs/heads/größe\u3000x";
    expect(readLsRefs(body(`${OID} ${name}`, FLUSH), [name]).refs.get(name)?.oid).to.equal(OID);
  });

  const TAG = "refs/tags/v1";
  const COMMIT = "89abcdef0123456789abcdef0123456789abcdef";

  it("keeps where a tag leads next to its own object", () => {
    const answer = body(`${OID} ${TAG} peeled:${COMMIT}`, `${OID} ${TAG}.1`, FLUSH);
    expect([...readLsRefs(answer, [TAG, `${TAG}.1`]).refs]).to.deep.equal([
      [TAG, { oid: OID, peeled: COMMIT }],
      [`${TAG}.1`, { oid: OID, peeled: null }],
    ]);
  });

  for (const peeled of ["", COMMIT.slice(1), `${COMMIT}0`, "0".repeat(40)]) {
    it(`refuses a tag that leads to ${peeled === "" ? "nothing" : peeled}`, () => {
      expect(() => readLsRefs(body(`${OID} ${TAG} peeled:${peeled}`, FLUSH), [TAG]))
        .to.throw(OperatorError, TAG)
        .with.property("code", "ProtocolError");
    });
  }

  it("refuses a ref that is there twice with two ids, and takes it with one", () => {
    const twice = (second: string) => body(`${OID} ${MAIN}`, `${second} ${MAIN}`, FLUSH);
    expect(() => readLsRefs(twice(COMMIT)))
      .to.throw(OperatorError, `${MAIN} twice, at ${OID} and at ${COMMIT}`)
      .with.property("code", "ProtocolError");
    expect(readLsRefs(twice(OID)).refs.get(MAIN)?.oid).to.equal(OID);
    const peeled = (id: string) => `${id} ${TAG}^{}`;
    const answer = body(`${OID} ${TAG}`, peeled(COMMIT), peeled(OID), FLUSH);
    expect(() => readLsRefs(answer, [TAG])).to.throw(OperatorError, `${TAG}^{} twice`);
  });

  it("keeps no more refs than it may, however many a longer list has", () => {
    const question = { prefixes: [""], keeps: () => true };
    const answer = new LsRefsAnswer(question, {
      lines: 1_000_000,
      exceeded: () => new Error("too many"),
    });
    const push = (from: number) => {
      const lines = Array.from({ length: 4096 }, (_unused, at) => `${OID} refs/tags/v${from + at}`);
      answer.push(body(...lines));
    };
    for (let at = 0; at < 65_536; at += 4096) push(at);
    expect(() => push(65_536)).to.throw("too many");
  });

  for (const [name, line] of [
    ["the branch", `${"0".repeat(40)} ${MAIN}`],
    ["HEAD", `${"0".repeat(40)} HEAD symref-target:${MAIN}`],
  ] as const) {
    it(`refuses an id of zeros for ${name} by name`, () => {
      expect(() => readLsRefs(body(line, FLUSH)))
        .to.throw(OperatorError, "points to 0000000000000000000000000000000000000000")
        .with.property("code", "ProtocolError");
    });
  }

  it("ends at the first line over its limit, in the middle of a piece", () => {
    const answer = new LsRefsAnswer(named([MAIN]), {
      lines: 2,
      exceeded: () => new Error("too many"),
    });
    const line = `${OID} refs/heads/x`;
    expect(() => answer.push(body(line, line, line))).to.throw("too many");
  });

  it("refuses empty packets at the first one", () => {
    const answer = new LsRefsAnswer(named([MAIN]), {
      lines: 2,
      exceeded: () => new Error("too many"),
    });
    expect(() => answer.push(Buffer.from("00040004")))
      .to.throw(OperatorError)
      .with.property("code", "ProtocolError");
  });

  const refused: { name: string; answer: Buffer; says: string }[] = [
    { name: "without an end mark", answer: body(`${OID} refs/heads/main`), says: "cut" },
    { name: "with an ERR line", answer: body("ERR access denied", FLUSH), says: "access denied" },
    {
      name: "with a short id",
      answer: body(`${OID.slice(1)} refs/heads/main`, FLUSH),
      says: "not a ref",
    },
    {
      name: "with a SHA-256 id",
      answer: body(`${OID}${OID.slice(0, 24)} refs/heads/main`, FLUSH),
      says: "not a ref",
    },
    {
      name: "with upper case in an id",
      answer: body(`${OID.toUpperCase()} refs/heads/main`, FLUSH),
      says: "not a ref",
    },
    {
      name: "with a mark in the middle",
      answer: body(`${OID} a`, FLUSH, `${OID} b`, FLUSH),
      says: "flush",
    },
    { name: "with no name", answer: body(`${OID} `, FLUSH), says: "not a ref" },
  ];
  for (const { name, answer, says } of refused) {
    it(`refuses a list ${name}`, () => {
      expect(() => readLsRefs(answer))
        .to.throw(OperatorError, says)
        .with.property("code", "ProtocolError");
    });
  }
});

describe("AdvertisementAnswer", () => {
  it("reads capabilities of protocol 2", () => {
    const caps = ["version 2", "agent=git/2", "ls-refs=unborn", "fetch=shallow"];
    const said = readAdvertisement(body(...SERVICE, ...caps, "object-format=sha1", FLUSH));
    expect(said.version).to.equal(2);
    expect([...said.capabilities]).to.deep.include.members([
      ["fetch", "shallow"],
      ["object-format", "sha1"],
    ]);
    // Some servers leave the service line out in protocol 2.
    expect(readAdvertisement(body(...caps, FLUSH)).version).to.equal(2);
  });

  it("reads the refs of protocol 1", () => {
    const answer = body(
      ...SERVICE,
      `${OID} HEAD\0multi_ack side-band-64k symref=HEAD:${MAIN} object-format=sha1`,
      `${OID} ${MAIN}`,
      `${OID} refs/heads/main^{}`,
      FLUSH,
    );
    const advertisement = readAdvertisement(answer);
    expect(advertisement).to.include({ version: 1, count: 2, headTarget: MAIN });
    expect(advertisement).to.have.property("refs").that.has.all.keys(MAIN);
    expect(advertisement.capabilities.has("side-band-64k")).to.equal(true);
  });

  it("reads where a tag leads out of the line behind it", () => {
    const tag = "refs/tags/v1";
    const commit = "89abcdef0123456789abcdef0123456789abcdef";
    const lines = [`${OID} ${tag}\0side-band-64k`, `${commit} ${tag}^{}`, `${OID} ${tag}.1`];
    const advertisement = readAdvertisement(body(...SERVICE, ...lines, FLUSH), [tag, `${tag}.1`]);
    expect(advertisement).to.have.property("count", 2);
    expect(advertisement)
      .to.have.property("refs")
      .that.deep.equals(
        new Map([
          [tag, { oid: OID, peeled: commit }],
          [`${tag}.1`, { oid: OID, peeled: null }],
        ]),
      );
  });

  const none = "0".repeat(40);
  for (const [name, answer] of [
    ["nothing between the marks", body(...SERVICE, FLUSH)],
    [
      "a line for the capabilities alone",
      body(...SERVICE, `${none} capabilities^{}\0agent=git/2`, FLUSH),
    ],
  ] as const) {
    it(`reads a repository without refs: ${name}`, () => {
      expect(readAdvertisement(answer)).to.include({ version: 1, count: 0 });
    });
  }

  const refused: { name: string; answer: Buffer; says: string }[] = [
    { name: "a lone end mark", answer: body(FLUSH), says: "neither" },
    { name: "a service line alone", answer: body(SERVICE[0] ?? ""), says: "cut" },
    {
      name: "a ref behind the service line",
      answer: body(SERVICE[0] ?? "", `${OID} HEAD\0agent=git/2`, FLUSH),
      says: "begin",
    },
    { name: "an answer cut behind the service line", answer: body(...SERVICE), says: "cut" },
    {
      name: "an answer cut behind a ref",
      answer: body(...SERVICE, `${OID} HEAD\0agent=git/2`),
      says: "cut",
    },
    {
      name: "refs without capabilities",
      answer: body(...SERVICE, `${OID} HEAD`, FLUSH),
      says: "capabilities",
    },
    {
      name: "an ERR line",
      answer: body(...SERVICE, "ERR no such repository", FLUSH),
      says: "no such repository",
    },
    { name: "an ERR line at once", answer: body("ERR busy", FLUSH), says: "busy" },
    {
      name: "a SHA-256 repository in protocol 1",
      answer: body(...SERVICE, `${OID}${OID.slice(16)} HEAD\0object-format=sha256`, FLUSH),
      says: "sha256",
    },
    {
      name: "a SHA-256 repository in protocol 2",
      answer: body("version 2", "ls-refs", "object-format=sha256", FLUSH),
      says: "sha256",
    },
    {
      name: "a server that lists not a refs",
      answer: body("version 2", "agent=git/2", FLUSH),
      says: "ls-refs",
    },
    {
      name: "both refs and none",
      answer: body(
        ...SERVICE,
        `${none} capabilities^{}\0agent=git/2`,
        `${OID} refs/heads/main`,
        FLUSH,
      ),
      says: "both",
    },
  ];
  for (const { name, answer, says } of refused) {
    it(`refuses ${name}`, () => {
      expect(() => readAdvertisement(answer))
        .to.throw(OperatorError, says)
        .with.property("code", "ProtocolError");
    });
  }
});
