import { loadSettings } from "../../support/load-settings.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";

/** Between the file and the variables of an input, one `NAME=value` a line. */
const BREAK = "\n=====\n";

const FILE = JSON.stringify({
  RoomServer: { BaseUrl: "http://localhost:5000" },
  Auth: { Token: "${ROOM_AUTH_TOKEN}" },
  Operator: { Reconciliation: { StateConsistency: { StaleTolerance: "5s" } } },
  Git: { Sources: [{ Name: "specs", Url: "https://git.test/a.git", Ref: { Branch: "main" } }] },
  HttpApi: { Port: 8080 },
});

/** The configuration: a file and variables. */
export const settings: FuzzTarget = {
  name: "settings",
  what: "appsettings.json and environment variables",
  maxBytes: 65_536,
  seeds: [
    `${FILE}${BREAK}Git__Sources__0__Url=https://git.test/b.git\nHttpApi__Port=1`,
    `{}${BREAK}RoomServer__BaseUrl=http://r.test\nStore__Path=\${HOME}\nHOME=/x`,
  ].map(textBytes),
  words: [
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "null",
    "${",
    "}",
    "${HOME}",
    "${ROOM_AUTH_TOKEN}",
    "__",
    "__0__",
    "Git__Sources__0__Auth__Kind=token\n",
    "Git__Sources__999999999__Name=x\n",
    "HttpApi__Port=",
    '"__proto__":',
    '"constructor":',
    '"Git":',
    '"Sources":',
    '"Limits":',
    "__proto__=1\n",
    "=\n",
    BREAK,
    "http://a:b@c",
    "^(a+)+$",
    "RoomServer__RoomIdPattern=",
    "\0",
    "\u001b[2J",
  ],
  run: async (input) => {
    const [file = "", variables = ""] = Buffer.from(input).toString("utf8").split(BREAK);
    const env = Object.fromEntries(
      variables.split("\n").map((line) => {
        const at = line.indexOf("=");
        return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    const loaded = await loadSettings(file, env);
    const told = loaded.ok ? loaded.warnings : loaded.problems;
    mustHold(loaded.ok || told.length > 0, "a refusal names a problem");
    for (const { key, message } of told) {
      mustHold(message !== "" && !/\p{Cc}/u.test(key + message), "a problem is fit to be shown");
    }
    return `${loaded.ok} ${told.map(({ message }) => shapeOf(message)).join()}`;
  },
};
