import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import {
  lsRefsRequest,
  parseAdvertisement,
  parseLsRefs,
} from "../../../agent/source/git-ls-refs.ts";
import { encodeLine, FLUSH } from "../../../agent/source/git-pkt-line.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";
const SERVICE = [encodeLine("# service=git-upload-pack"), FLUSH];
const body = (...parts: readonly (string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? encodeLine(part) : part)));

describe("lsRefsRequest", () => {
  it("asks for one prefix of a SHA-1 repository", () => {
    expect(lsRefsRequest("refs/heads/main", true).toString()).to.equal(
      "0014command=ls-refs\n0017object-format=sha1\n0001001fref-prefix refs/heads/main\n0000",
    );
  });

  it("names no object format to a server that knows none", () => {
    expect(lsRefsRequest("refs/heads/main", false).toString()).to.not.contain("object-format");
  });
});

describe("parseLsRefs", () => {
  it("reads names and ids, whatever attributes follow", () => {
    const refs = parseLsRefs(
      body(`${OID} HEAD symref-target:refs/heads/main`, `${OID} refs/heads/main`, FLUSH),
    );
    expect([...refs]).to.deep.equal([
      ["HEAD", OID],
      ["refs/heads/main", OID],
    ]);
  });

  it("reads a list without refs", () => {
    expect(parseLsRefs(body(FLUSH)).size).to.equal(0);
  });

  const refused: { name: string; answer: Buffer; says: string }[] = [
    { name: "without an end mark", answer: body(`${OID} refs/heads/main`), says: "cut" },
    { name: "with an ERR line", answer: body("ERR access denied", FLUSH), says: "access denied" },
    {
      name: "with a short id",
      answer: body(`${OID.slice(1)} refs/heads/main`, FLUSH),
      says: "no ref",
    },
    {
      name: "with a SHA-256 id",
      answer: body(`${OID}${OID.slice(0, 24)} refs/heads/main`, FLUSH),
      says: "no ref",
    },
    {
      name: "with upper case in an id",
      answer: body(`${OID.toUpperCase()} refs/heads/main`, FLUSH),
      says: "no ref",
    },
    {
      name: "with a mark in the middle",
      answer: body(`${OID} a`, FLUSH, `${OID} b`, FLUSH),
      says: "flush",
    },
    { name: "with no name", answer: body(`${OID} `, FLUSH), says: "no ref" },
  ];
  for (const { name, answer, says } of refused) {
    it(`refuses a list ${name}`, () => {
      expect(() => parseLsRefs(answer))
        .to.throw(OperatorError, says)
        .with.property("code", "ProtocolError");
    });
  }
});

describe("parseAdvertisement", () => {
  it("reads capabilities of protocol 2", () => {
    const caps = ["version 2", "agent=git/2", "ls-refs=unborn", "fetch=shallow"];
    expect(
      parseAdvertisement(body(...SERVICE, ...caps, "object-format=sha1", FLUSH)),
    ).to.deep.equal({
      version: 2,
      knowsObjectFormat: true,
    });
    // Some servers leave the service line out in protocol 2.
    expect(parseAdvertisement(body(...caps, FLUSH))).to.deep.equal({
      version: 2,
      knowsObjectFormat: false,
    });
  });

  it("reads the refs of protocol 1", () => {
    const answer = body(
      ...SERVICE,
      `${OID} HEAD\0multi_ack side-band-64k object-format=sha1`,
      `${OID} refs/heads/main`,
      `${OID} refs/tags/v1^{}`,
      FLUSH,
    );
    const advertisement = parseAdvertisement(answer);
    expect(advertisement).to.have.property("version", 1);
    expect(advertisement)
      .to.have.property("refs")
      .that.includes.all.keys("HEAD", "refs/heads/main");
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
      expect(parseAdvertisement(answer)).to.deep.equal({
        version: 1,
        refs: new Map(),
        defaultBranch: null,
      });
    });
  }

  const refused: { name: string; answer: Buffer; says: string }[] = [
    { name: "a lone end mark", answer: body(FLUSH), says: "neither" },
    { name: "a service line alone", answer: body(SERVICE[0] ?? ""), says: "begin" },
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
      name: "a server that lists no refs",
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
      expect(() => parseAdvertisement(answer))
        .to.throw(OperatorError, says)
        .with.property("code", "ProtocolError");
    });
  }
});
