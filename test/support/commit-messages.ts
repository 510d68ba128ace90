import type { Trailer } from "../../agent/intent/trailers.ts";

const confirmAll: Trailer = { kind: "confirm", scope: "all" };
const dryRunAll: Trailer = { kind: "dryRun", scope: "all" };
const confirm = (...scope: string[]): Trailer => ({ kind: "confirm", scope });
const dryRun = (...scope: string[]): Trailer => ({ kind: "dryRun", scope });

/** Messages whose every trailer counts. Git accepts all of them too. */
export const acceptedMessages: readonly {
  readonly name: string;
  readonly message: string;
  readonly want: readonly Trailer[];
}[] = [
  { name: "`true`", message: "Tidy up\n\nConfirm: true\n", want: [confirmAll] },
  { name: "a dry run", message: "Tidy up\n\nDry-Run: true\n", want: [dryRunAll] },
  {
    name: "both kinds",
    message: "Tidy up\n\nConfirm: room-a\nDry-Run: true\n",
    want: [confirm("room-a"), dryRunAll],
  },
  { name: "one room", message: "Tidy up\n\nConfirm: room-a", want: [confirm("room-a")] },
  {
    name: "several rooms, each once",
    message: "Tidy up\n\nDry-Run: room-a, r.2,R_3, room-a\n",
    want: [dryRun("room-a", "r.2", "R_3")],
  },
  {
    name: "a room id of 128 characters",
    message: `Tidy up\n\nConfirm: ${"r".repeat(128)}\n`,
    want: [confirm("r".repeat(128))],
  },
  {
    name: "a trailer among others, one of them folded",
    message:
      "Tidy up\n\nWhy not.\n\nReviewed-by: A Long\n  Name\nConfirm: true\nSigned-off-by: B <b@c.d>\n",
    want: [confirmAll],
  },
  {
    name: "a trailer above a cherry-pick note",
    message: "Tidy up\n\nConfirm: room-a\n(cherry picked from commit 0123abcd)\n",
    want: [confirm("room-a")],
  },
  {
    name: "a message with CRLF line ends, as web editors write it",
    message: "Tidy up\r\n\r\nThey left.\r\n\r\nConfirm: true\r\n",
    want: [confirmAll],
  },
  {
    name: "a trailer with empty lines around it",
    message: "\n\nTidy up\n\n \t\n\nConfirm: true\n\n  \n\n",
    want: [confirmAll],
  },
  {
    name: "a revert that names its rooms",
    message: 'Revert "Tidy up"\n\nThis reverts commit 0123abcd.\n\nConfirm: room-a\n',
    want: [confirm("room-a")],
  },
  {
    name: "a commit whose subject only speaks of a revert",
    message: "Revert the tidying\n\nConfirm: true\n",
    want: [confirmAll],
  },
];

const NOT_LAST = /not in the last paragraph/u;
const MIXED = /no trailers: put an empty line/u;
const TWICE = /more than once/u;
const INEXACT = /not written exactly/u;
const COLON = /no colon/;
const VALUE = /neither `true` alone nor a room id/u;
const FOLDED = /continues in the next line/u;
const CUT = /where git ends it/u;
const KEY = /the key is not exactly/u;
const REVERT = /is a revert/u;

/** Messages of which nothing counts although a line looks like ours. Git accepts some of them. */
export const ignoredMessages: readonly {
  readonly name: string;
  readonly message: string;
  readonly reason: RegExp;
}[] = [
  { name: "other case and spaces (git does)", message: "T\n\nconfirm : TRUE\n", reason: INEXACT },
  { name: "lower case", message: "T\n\nconfirm: true\n", reason: INEXACT },
  { name: "`Dry-run`", message: "T\n\nDry-run: true\n", reason: INEXACT },
  { name: "`DryRun`", message: "T\n\nDryRun: true\n", reason: KEY },
  { name: "a header's name", message: "T\n\nX-Confirm: true\n", reason: KEY },
  { name: "no space after the colon", message: "T\n\nConfirm:true\n", reason: INEXACT },
  { name: "two spaces", message: "T\n\nConfirm:  true\n", reason: VALUE },
  { name: "a space behind the value", message: "T\n\nConfirm: true \n", reason: VALUE },
  { name: "no value", message: "T\n\nConfirm:\n", reason: INEXACT },
  { name: "an equals sign", message: "T\n\nConfirm = true\n", reason: INEXACT },
  { name: "no colon", message: "T\n\nConfirm true\n", reason: COLON },
  { name: "a semicolon", message: "T\n\nConfirm; true\n", reason: COLON },
  { name: "no colon, a room", message: "T\n\nConfirm room-a\n", reason: COLON },
  { name: "no colon, lower case", message: "T\n\nconfirm yes\n", reason: COLON },
  { name: "no colon, a room with a number", message: "T\n\nconfirm lab-01\n", reason: COLON },
  { name: "a key alone", message: "T\n\nConfirm\n", reason: COLON },
  { name: "a second colon", message: "T\n\nConfirm true: yes\n", reason: COLON },
  {
    name: "an override without a colon",
    message: "T\n\nOverride-Window it waits\n",
    reason: COLON,
  },
  { name: "an empty value", message: "T\n\nConfirm: \n", reason: VALUE },
  { name: "`TRUE`", message: "T\n\nConfirm: TRUE\n", reason: VALUE },
  { name: "`false`, which names no room", message: "T\n\nDry-Run: false\n", reason: VALUE },
  { name: "`true` in a list", message: "T\n\nConfirm: room-a, true\n", reason: VALUE },
  { name: "an empty element", message: "T\n\nConfirm: room-a,,room-b\n", reason: VALUE },
  { name: "ids separated by spaces", message: "T\n\nConfirm: room-a room-b\n", reason: VALUE },
  { name: "an id of 129 characters", message: `T\n\nConfirm: ${"r".repeat(129)}\n`, reason: VALUE },
  { name: "a glob", message: "T\n\nConfirm: *\n", reason: VALUE },
  { name: "a value with a remark", message: "T\n\nConfirm: true # yes\n", reason: VALUE },
  {
    name: "yes and no at once (git does)",
    message: "T\n\nConfirm: true\nConfirm: false\n",
    reason: TWICE,
  },
  { name: "the same twice", message: "T\n\nDry-Run: true\nDry-Run: true\n", reason: TWICE },
  {
    name: "the same key in two cases",
    message: "T\n\nConfirm: true\nconfirm: room-a\n",
    reason: TWICE,
  },
  { name: "a folded value (git does)", message: "T\n\nConfirm: true\n  more\n", reason: FOLDED },
  { name: "a list over two lines", message: "T\n\nConfirm: a1,\n b1\n", reason: FOLDED },
  { name: "a value on the next line", message: "T\n\nConfirm:\n true\n", reason: INEXACT },
  { name: "an indented line", message: "T\n\nFixes: 1\n Confirm: true\n", reason: /indented/u },
  { name: "a line of the body", message: "T\n\nConfirm: true\n\nThat is all.\n", reason: NOT_LAST },
  { name: "a line below prose", message: "T\n\nThey left.\nConfirm: true\n", reason: MIXED },
  {
    name: "prose with a sign-off (git does)",
    message: "T\n\nThey left, as\nagreed.\nConfirm: true\nSigned-off-by: A <a@b.c>\n",
    reason: MIXED,
  },
  { name: "a quoted line", message: "T\n\n> Confirm: true\n", reason: KEY },
  { name: "a listed line", message: "T\n\n- Confirm: true\n", reason: KEY },
  { name: "a line in bold", message: "T\n\n**Confirm:** true\n", reason: KEY },
  { name: "a comment", message: "T\n\n# Confirm: true\n", reason: KEY },
  { name: "the subject", message: "Confirm: true\n", reason: NOT_LAST },
  { name: "the subject's paragraph", message: "T\nConfirm: true\n", reason: NOT_LAST },
  { name: "a line below ---", message: "T\n\n---\n\nConfirm: true\n", reason: CUT },
  { name: "a line above --- (git does)", message: "T\n\nConfirm: true\n--- a/b\n", reason: CUT },
  {
    name: "a line below scissors",
    message: `T\n\n# ${"-".repeat(24)} >8 ${"-".repeat(24)}\n\nConfirm: true\n`,
    reason: CUT,
  },
  { name: "a Cyrillic letter in the key", message: "T\n\n\u0421onfirm: true\n", reason: KEY },
  { name: "a Cyrillic letter in the value", message: "T\n\nConfirm: tru\u0435\n", reason: VALUE },
  { name: "an invisible character", message: "T\n\nCon\u200Bfirm: true\n", reason: KEY },
  { name: "a full-width colon", message: "T\n\nConfirm\uFF1A true\n", reason: KEY },
  { name: "a typographic hyphen", message: "T\n\nDry\u2011Run: true\n", reason: KEY },
  { name: "a no-break space", message: "T\n\nConfirm:\u00A0true\n", reason: INEXACT },
  {
    name: "a paragraph cut by a form feed",
    message: "T\nx\n\f\nConfirm: true\n",
    reason: NOT_LAST,
  },
  {
    name: "a lone carriage return",
    message: "T\n\nx: y\nConfirm: true\r\r\n",
    reason: INEXACT,
  },
  { name: "a message with NUL", message: "T\0\n\nConfirm: true\n", reason: /NUL/u },
  {
    name: "`true` in a revert (git does)",
    message: 'Revert "Tidy up"\n\nThis reverts commit 0123abcd.\n\nConfirm: true\n',
    reason: REVERT,
  },
  {
    name: "`true` in a re-applied commit",
    message: 'Reapply "T"\n\nDry-Run: true\n',
    reason: REVERT,
  },
];
