import { createHash } from "node:crypto";
import { applyDelta } from "../../../agent/source/git/objects/git-delta.ts";
import { packIndex } from "../../../agent/source/git/objects/git-pack-index.ts";
import { resolveDeltas } from "../../../agent/source/git/objects/git-pack-resolve.ts";
import { encodeLine, FLUSH } from "../../../agent/source/git/wire/git-pkt-line.ts";
import type { RefList } from "../../../agent/source/git/wire/git-transport.ts";
import { UploadPackAnswer } from "../../../agent/source/git/wire/git-upload-pack.ts";
import { aDelta, aPack, sealed } from "../../support/a-pack.ts";
import { readAdvertisement, readLsRefs } from "../../support/ref-lists.ts";
import { scanPack } from "../../support/scan-pack.ts";
import { mustHold, type FuzzTarget } from "../fuzz-target.ts";
import { typed, typedLater } from "./typed.ts";

const OID = "0123456789abcdef0123456789abcdef01234567";
const REF = `${OID} refs/heads/main`;
const SERVICE = [encodeLine("# service=git-upload-pack"), FLUSH];
const WANTED = ["refs/heads/main", "refs/tags/v1"];
const REF_WORDS = [
  "0000",
  "0001",
  "0002",
  "0003",
  "0004",
  "fff0",
  "ffff",
  "-001",
  "ERR access denied",
  "\0",
  "\n",
  OID,
  "0".repeat(40),
  "refs/heads/main",
  "HEAD",
  "capabilities^{}",
  "version 2",
  "ls-refs=unborn",
  "object-format=sha256",
  "object-format=sha1",
  "shallow ",
  "symref-target:",
  "peeled:",
  "refs/tags/v1",
  "^{}",
  "# service=git-upload-pack",
];

function checkRefs({ refs, count }: RefList): string {
  for (const [name, { oid, peeled }] of refs) {
    mustHold(WANTED.includes(name), "a ref is wanted");
    for (const id of [oid, peeled ?? oid]) {
      mustHold(/^[0-9a-f]{40}$/.test(id), "a wanted ref has an id");
      mustHold(!/^0+$/.test(id), "no ref points to zeros");
    }
  }
  return `refs ${Math.min(count, 3)} ${refs.size}`;
}

/** The answer to a poll. */
export const refs: FuzzTarget = {
  name: "refs",
  what: "a git server's list of refs (protocol 2)",
  maxBytes: 65_536,
  seeds: [
    Buffer.concat([encodeLine(REF), encodeLine(`${OID} refs/heads/main2`), FLUSH]),
    Buffer.concat([encodeLine(`${OID} refs/tags/v1 peeled:${OID}`), FLUSH]),
    Buffer.concat([encodeLine("ERR access denied or repository not exported"), FLUSH]),
    FLUSH,
  ],
  words: REF_WORDS,
  run: (input) => typed(() => checkRefs(readLsRefs(Buffer.from(input), WANTED))),
};

/** What a git server says of itself. */
export const advertisement: FuzzTarget = {
  name: "advertisement",
  what: "a git server's advertisement (both protocols)",
  maxBytes: 65_536,
  seeds: [
    Buffer.concat([...SERVICE, encodeLine("version 2"), encodeLine("ls-refs=unborn"), FLUSH]),
    Buffer.concat([...SERVICE, encodeLine(`${REF}\0multi_ack object-format=sha1`), FLUSH]),
    Buffer.concat([...SERVICE, encodeLine(`${"0".repeat(40)} capabilities^{}\0side-band`), FLUSH]),
  ],
  words: REF_WORDS,
  run: (input) =>
    typed(() => {
      const said = readAdvertisement(Buffer.from(input), WANTED);
      return said.version === 2 ? `v2 ${said.capabilities.has("fetch")}` : checkRefs(said);
    }),
};

const BASE = Buffer.from("hello room\n");
const LIMITS = { packBytes: 1024 * 1024, objectBytes: 256 * 1024 };

/** A packet of the pack's band. */
function bandOf(bytes: Buffer): Buffer {
  const head = (bytes.length + 5).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(`${head}\u0001`), bytes]);
}

/** The answer to a fetch, around its pack. */
export const uploadPack: FuzzTarget = {
  name: "upload-pack",
  what: "a git server's answer to a fetch",
  maxBytes: 65_536,
  seeds: [
    Buffer.concat([encodeLine("NAK"), encodeLine("\u0001PACK"), encodeLine("\u0002done"), FLUSH]),
    Buffer.concat([encodeLine("NAK"), bandOf(aPack([{ type: "blob", data: BASE }])), FLUSH]),
    Buffer.concat([encodeLine("NAK"), encodeLine("\u0003fatal: no"), FLUSH]),
  ],
  words: [...REF_WORDS, "\u0001", "\u0002", "\u0003", "NAK", `ACK ${OID}`],
  run: (input) =>
    typed(() => {
      const answer = new UploadPackAnswer(LIMITS, () => undefined);
      const bytes = Buffer.from(input);
      const cut = (input[0] ?? 0) % (bytes.length + 1);
      answer.push(bytes.subarray(0, cut));
      answer.push(bytes.subarray(cut));
      return `objects ${Math.min(answer.finish().pack.objects, 3)}`;
    }),
};

/** A pack before anything indexes it. The checksum is put right, so that damage gets behind it. */
export const pack: FuzzTarget = {
  name: "pack",
  what: "a pack and its index, with a right checksum",
  maxBytes: 65_536,
  seeds: [
    [{ type: "blob", data: BASE } as const],
    [
      { type: "blob", data: BASE } as const,
      { type: "offsetDelta", base: 1, data: aDelta(BASE.length, Buffer.from("!")) } as const,
    ],
    [{ type: "refDelta", base: OID, data: aDelta(BASE.length, Buffer.from("?")) } as const],
    [{ type: "blob", data: Buffer.alloc(200_000) } as const],
  ].map((objects) => aPack(objects).subarray(0, -20)),
  words: ["PACK", "\0\0\0\u0002", "\u00ff\u00ff\u00ff", "\u0090", "\u0000"],
  run: (input) =>
    typedLater(async () => {
      const bytes = sealed(Buffer.from(input));
      const { entries, checksum } = scanPack(bytes, LIMITS);
      await resolveDeltas(entries, {
        read: (start, end) => bytes.subarray(start, end),
        objectBytes: LIMITS.objectBytes,
        onProgress: () => undefined,
      });
      const index = packIndex(entries, checksum);
      mustHold(index.length === 1072 + 28 * entries.count, "an index lists each object once");
      return `objects ${Math.min(entries.count, 3)}`;
    }),
};

/** A delta against a known base. */
export const delta: FuzzTarget = {
  name: "delta",
  what: "a delta of a pack",
  maxBytes: 4096,
  seeds: [aDelta(BASE.length, Buffer.from("more")), aDelta(BASE.length, Buffer.alloc(0))],
  words: ["\u0090", "\u00b0", "\u007f", "\u000b", "\u0000"],
  run: (input) =>
    typed(() => {
      const made = applyDelta(Buffer.from(input), BASE);
      return createHash("sha1").update(made).digest("hex").slice(0, 1);
    }),
};
