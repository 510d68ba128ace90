import { expect } from "chai";
import { OperatorError } from "../../../../../agent/kernel/errors.ts";
import type { AdvertisedRefs } from "../../../../../agent/source/git/wire/git-transport.ts";
import {
  chooseVersion,
  noVersion,
  versionPrefixes,
  versionTagName,
} from "../../../../../agent/source/git/wire/version-tags.ts";

const oidOf = (seed: string) => Buffer.from(seed).toString("hex").padStart(40, "0").slice(-40);

/** Tags by name, each at a commit of its own, or at what is named behind `=`. */
function tags(...names: readonly string[]): AdvertisedRefs {
  return new Map(
    names.map((text) => {
      const [tag = "", place = tag] = text.split("=");
      return [`refs/tags/${tag}`, { oid: oidOf(place), peeled: null }];
    }),
  );
}

describe("chooseVersion", () => {
  const cases: { name: string; range: string; refs: AdvertisedRefs; want: string | null }[] = [
    {
      name: "the newest in a range",
      range: "^1",
      refs: tags("v1.2.0", "v1.10.0", "v2.0.0"),
      want: "v1.10.0",
    },
    { name: "a tag without v", range: "^1", refs: tags("1.2.0", "v1.1.9"), want: "1.2.0" },
    {
      name: "nothing where all are outside",
      range: "^3",
      refs: tags("v1.2.0", "v2.0.0"),
      want: null,
    },
    { name: "nothing among no tags", range: "*", refs: tags(), want: null },
    {
      name: "no pre-release for a plain range",
      range: "^1",
      refs: tags("v1.2.0", "v1.3.0-rc.1"),
      want: "v1.2.0",
    },
    { name: "no pre-release for *", range: "*", refs: tags("v1.0.0-rc.1"), want: null },
    {
      name: "a pre-release that the range names",
      range: ">=1.3.0-rc.1",
      refs: tags("v1.2.0", "v1.3.0-rc.2"),
      want: "v1.3.0-rc.2",
    },
    {
      name: "the release before its pre-release",
      range: ">=1.3.0-rc.1",
      refs: tags("v1.3.0", "v1.3.0-rc.9"),
      want: "v1.3.0",
    },
    {
      name: "no pre-release of another version than the range names",
      range: ">=1.3.0-rc.1",
      refs: tags("v1.3.0-rc.1", "v1.4.0-rc.1"),
      want: "v1.3.0-rc.1",
    },
    {
      name: "pre-releases by their numbers",
      range: "~1.3.0-0",
      refs: tags("v1.3.0-rc.9", "v1.3.0-rc.10"),
      want: "v1.3.0-rc.10",
    },
    {
      name: "no tag that is none of a version",
      range: "*",
      refs: tags("v1", "v1.2", "release-1.2.3", "vv1.2.3", "v01.2.3", "v1.2.3.4", "=v1.2.3"),
      want: null,
    },
    {
      name: "one of two names of one version at one commit, with v",
      range: "^1",
      refs: tags("1.2.0=a", "v1.2.0=a"),
      want: "v1.2.0",
    },
    {
      name: "a newer version than one that is ambiguous",
      range: "^1",
      refs: tags("1.2.0", "v1.2.0", "v1.2.1"),
      want: "v1.2.1",
    },
    {
      name: "a version with build metadata",
      range: "^1",
      refs: tags("v1.2.0+build.5", "v1.1.0"),
      want: "v1.2.0+build.5",
    },
    {
      name: "either of two ranges",
      range: "1.1.x || 2.x",
      refs: tags("v1.1.4", "v1.2.0", "v3.0.0"),
      want: "v1.1.4",
    },
    { name: "an exact version", range: "1.1.4", refs: tags("v1.1.4", "v1.1.5"), want: "v1.1.4" },
    {
      name: "numbers beyond what can be counted not at all",
      range: "*",
      refs: tags("v99999999999999999999.0.0", "v1.0.0"),
      want: "v1.0.0",
    },
  ];
  for (const { name, range, refs, want } of cases) {
    it(`takes ${name}`, () => {
      expect(chooseVersion(range, refs)?.tag ?? null).to.equal(want);
    });
  }

  it("leads to what an annotated tag leads to", () => {
    const refs: AdvertisedRefs = new Map([
      ["refs/tags/v1.0.0", { oid: oidOf("tag"), peeled: oidOf("commit") }],
    ]);
    expect(chooseVersion("^1", refs)).to.deep.equal({ head: oidOf("commit"), tag: "v1.0.0" });
  });

  it("sees that an annotated and a plain tag of one version lead to one commit", () => {
    const refs: AdvertisedRefs = new Map([
      ["refs/tags/v1.0.0", { oid: oidOf("tag"), peeled: oidOf("commit") }],
      ["refs/tags/1.0.0", { oid: oidOf("commit"), peeled: null }],
    ]);
    expect(chooseVersion("^1", refs)?.tag).to.equal("v1.0.0");
  });

  for (const [name, refs, says] of [
    ["two spellings", tags("v1.2.0", "1.2.0"), ["v1.2.0", "1.2.0"]],
    ["other build metadata", tags("v1.2.0+a", "v1.2.0+b"), ["v1.2.0+a", "v1.2.0+b"]],
  ] as const) {
    it(`refuses ${name} of the newest version at different commits, and names them`, () => {
      expect(() => chooseVersion("^1", refs))
        .to.throw(OperatorError)
        .with.property("code", "TagsAmbiguous");
      for (const each of says) {
        expect(() => chooseVersion("^1", refs)).to.throw(`${each} (${oidOf(each)})`);
      }
    });
  }

  it("ignores branches and other refs that look like versions", () => {
    expect(versionTagName("refs/heads/v1.2.3")).to.equal(null);
    expect(versionTagName("refs/tags/v1.2.3")).to.equal("v1.2.3");
    expect(versionTagName("refs/tags/app/v1.2.3")).to.equal(null);
  });
});

describe("noVersion", () => {
  for (const [name, range, refs, says] of [
    [
      "the newest tags outside of the range",
      "^3",
      tags("v1.0.0", "v2.0.0", "v2.1.0"),
      "v2.1.0, v2.0.0, v1.0.0",
    ],
    [
      "how many older ones there are",
      "^9",
      tags("v1.0.0", "v2.0.0", "v3.0.0", "v4.0.0", "v5.0.0", "v6.0.0", "v7.0.0"),
      "v3.0.0 and 2 older",
    ],
    ["that there is no version", "^1", tags("nightly"), "no version tag"],
    [
      "a pre-release that would count if it were named",
      "^1",
      tags("v1.0.0-rc.1"),
      '">=1.0.0-rc.1"',
    ],
  ] as const) {
    it(`says ${name}`, () => {
      const error = noVersion(range, refs);
      expect(error).to.be.instanceOf(OperatorError).with.property("code", "NoTagInRange");
      expect(error.message).to.include(says).and.include(`"${range}"`);
    });
  }
});

describe("versionPrefixes", () => {
  const all = versionPrefixes("*");
  for (const [range, want] of [
    ["^1", ["refs/tags/v1.", "refs/tags/1."]],
    ["~1.2", ["refs/tags/v1.", "refs/tags/1."]],
    ["1.2.3", ["refs/tags/v1.", "refs/tags/1."]],
    [">=1 <3", ["refs/tags/v1.", "refs/tags/1.", "refs/tags/v2.", "refs/tags/2."]],
    ["1.x || 4.x", ["refs/tags/v1.", "refs/tags/1.", "refs/tags/v4.", "refs/tags/4."]],
    ["<=1.0.0", ["refs/tags/v0.", "refs/tags/0.", "refs/tags/v1.", "refs/tags/1."]],
    [">=2.0.0-rc.1 <2.0.0", ["refs/tags/v2.", "refs/tags/2."]],
    [">=1", all],
    ["<100", all],
    [">1 <0", all],
  ] as const) {
    it(`asks for no more than ${range} may hold`, () => {
      expect(versionPrefixes(range)).to.deep.equal(want);
    });
  }

  it("leave no version out that is in a range", () => {
    const versions = [
      "0.0.1",
      "1.0.0",
      "1.9.9",
      "2.0.0-rc.1",
      "2.0.0",
      "15.3.1",
      "16.0.0",
      "20.1.0",
    ];
    const ranges = [
      "*",
      "^0",
      "^1",
      ">=1",
      "<2",
      "<=2",
      "<2.0.0-rc.2 >=2.0.0-rc.0",
      "1 - 16",
      "0 - 15",
    ];
    for (const range of ranges) {
      const prefixes = versionPrefixes(range);
      for (const version of versions) {
        if (chooseVersion(range, tags(version)) === null) continue;
        const isAsked = prefixes.some((prefix) => `refs/tags/${version}`.startsWith(prefix));
        expect(isAsked, `${version} in ${range}`).to.equal(true);
      }
    }
  });
});
