import { expect } from "chai";
import { networkText } from "../../../agent/http/network-text.ts";
import { ProxyBroken } from "../../../agent/http/proxy-tunnel.ts";

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

const ROWS: readonly (readonly [what: string, error: unknown, text: string])[] = [
  [
    "a port where no one listens",
    coded("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:5000"),
    "connection refused, 127.0.0.1:5000",
  ],
  ["several addresses that refuse", coded("ECONNREFUSED", ""), "connection refused"],
  [
    "an unknown name",
    coded("ENOTFOUND", "getaddrinfo ENOTFOUND rooms.test"),
    "the name rooms.test is unknown to DNS",
  ],
  [
    "a connection that ends",
    coded("ECONNRESET", "socket hang up"),
    "the connection was closed before an answer came",
  ],
  [
    "https where http is spoken",
    coded(
      "EPROTO",
      "write EPROTO 40F7:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl",
    ),
    "what answers there does not speak TLS: check whether the address begins with http://",
  ],
  [
    "another failure of TLS",
    coded("EPROTO", "write EPROTO tlsv1 alert unknown ca"),
    "write EPROTO tlsv1 alert unknown ca",
  ],
  [
    "a certificate of an unknown authority",
    coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"),
    "its certificate is self-signed or from an unknown authority",
  ],
  [
    "a proxy",
    new ProxyBroken("ECONNREFUSED", "the proxy at p:1 cannot be used (ECONNREFUSED)"),
    "the proxy at p:1 cannot be used (ECONNREFUSED)",
  ],
  ["what has no words", coded("EODD", "odd"), "odd"],
  ["what is not an error", "odd", "odd"],
];

describe("a failed connection", () => {
  for (const [what, error, text] of ROWS) {
    it(`is explained: ${what}`, () => {
      expect(networkText(error)).to.equal(text);
    });
  }
});
