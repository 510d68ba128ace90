import { expect } from "chai";
import { judgeOrigin } from "../../../agent/api/request-guard.ts";

interface Case {
  readonly name: string;
  readonly bound?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly site?: string;
  readonly changes?: boolean;
  readonly isSigned?: boolean;
  readonly want: "allowed" | "ForbiddenHost" | "ForbiddenOrigin";
}

const HERE = "127.0.0.1:8080";
const cases: readonly Case[] = [
  { name: "curl by address", host: HERE, want: "allowed" },
  { name: "curl by name", host: "localhost:8080", want: "allowed" },
  { name: "a name in capitals", host: "LOCALHOST", want: "allowed" },
  { name: "curl by IPv6 address", host: "[::1]:8080", want: "allowed" },
  { name: "another port, as tunnels have", host: "localhost:9", want: "allowed" },
  { name: "no Host at all (HTTP/1.0)", want: "allowed" },
  { name: "a rebound name", host: "evil.example", want: "ForbiddenHost" },
  {
    name: "a rebound name with the right origin",
    host: "evil.example",
    origin: "http://evil.example",
    want: "ForbiddenHost",
  },
  { name: "a name that begins like ours", host: "localhost.evil.example", want: "ForbiddenHost" },
  { name: "a Host with a user part", host: "localhost@evil.example", want: "ForbiddenHost" },
  { name: "a Host that is a path", host: "localhost/x", want: "ForbiddenHost" },
  { name: "an empty Host", host: "", want: "ForbiddenHost" },
  {
    name: "any name where others may reach us",
    bound: "0.0.0.0",
    host: "agent.example",
    want: "allowed",
  },
  {
    name: "the configured loopback address",
    bound: "127.0.0.2",
    host: "127.0.0.2:1",
    want: "allowed",
  },
  { name: "the configured IPv6 loopback", bound: "::1", host: "[::1]:80", want: "allowed" },
  { name: "a page of our own", host: HERE, origin: "http://127.0.0.1:8080", want: "allowed" },
  {
    name: "a page of our own behind TLS",
    bound: "0.0.0.0",
    host: "agent.example",
    origin: "https://agent.example",
    want: "allowed",
  },
  {
    name: "a page of another site",
    host: HERE,
    origin: "https://evil.example",
    want: "ForbiddenOrigin",
  },
  {
    name: "a page of another port",
    host: HERE,
    origin: "http://127.0.0.1:3000",
    want: "ForbiddenOrigin",
  },
  { name: "a sandboxed page", host: HERE, origin: "null", want: "ForbiddenOrigin" },
  { name: "an origin without a Host", origin: "http://127.0.0.1", want: "ForbiddenOrigin" },
  { name: "a link from another site", host: HERE, site: "cross-site", want: "allowed" },
  {
    name: "a change asked for by another site",
    host: HERE,
    site: "cross-site",
    changes: true,
    want: "ForbiddenOrigin",
  },
  {
    name: "a change asked for by a sibling site",
    host: HERE,
    site: "same-site",
    changes: true,
    want: "ForbiddenOrigin",
  },
  {
    name: "a change asked for by our own page",
    host: HERE,
    site: "same-origin",
    changes: true,
    want: "allowed",
  },
  {
    name: "a signed request by another name of this machine",
    host: "agent.example.org",
    isSigned: true,
    changes: true,
    want: "allowed",
  },
  {
    name: "a signed request of a web page",
    host: "agent.example.org",
    origin: "http://evil.example",
    isSigned: true,
    changes: true,
    want: "ForbiddenOrigin",
  },
];

describe("judgeOrigin", () => {
  for (const { name, bound, host, origin, site, changes, isSigned, want } of cases) {
    it(`${want === "allowed" ? "lets through" : "refuses"} ${name}`, () => {
      const verdict = judgeOrigin(
        {
          host,
          origin,
          secFetchSite: site,
          changes: changes ?? false,
          isSigned: isSigned ?? false,
        },
        bound ?? "127.0.0.1",
      );
      expect(verdict.kind === "allowed" ? "allowed" : verdict.code).to.equal(want);
    });
  }
});
