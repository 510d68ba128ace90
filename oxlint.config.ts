import { defineConfig } from "oxlint";

/** The folders of `agent/`, highest first. A folder may import itself and those after it. */
const FOLDERS = [
  "cli",
  "run",
  "dashboard",
  "api",
  "review",
  "request",
  "reconcile",
  "trigger",
  "roomserver",
  "queue",
  "intake",
  "store",
  "notify",
  "forge",
  "intent",
  "source",
  "room",
  "config",
  "guardrail",
  "plan",
  "status",
  "spec",
  "telemetry",
  "http",
  "kernel",
];

type ImportRule = ["error", { patterns: { group: string[]; message: string }[] }];

const forbid = (folders: readonly string[], extra: readonly string[] = []): ImportRule => [
  "error",
  {
    patterns: [
      {
        group: [...folders.map((name) => `**/${name}/**`), ...extra],
        message: "Imports go down the list in agent/README.md only.",
      },
    ],
  },
];

const downward = FOLDERS.map((name, position) => ({
  files: [`agent/${name}/**`],
  rules: {
    "no-restricted-imports": forbid(FOLDERS.slice(0, position), ["**/main.ts", "**/devserver/**"]),
  },
}));

const GIT_FOLDERS = ["signature", "wire", "objects"];

/** Inside `source/git/`: the objects know no wire, neither knows signatures, and none of them what syncs with them. */
const gitDownward = GIT_FOLDERS.map((name, position) => ({
  files: [`agent/source/git/${name}/**`],
  rules: {
    "no-restricted-imports": forbid(
      [...FOLDERS.slice(0, FOLDERS.indexOf("source")), ...GIT_FOLDERS.slice(0, position)],
      ["../git-*.ts"],
    ),
  },
}));

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "node"],
  categories: { correctness: "error", suspicious: "error" },
  options: { typeAware: true },
  ignorePatterns: ["node_modules", "specs-example", "seeds", "test/fixtures"],
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "import/no-unassigned-import": "off",
    "oxc/no-barrel-file": ["error", { threshold: 0 }],
    "typescript/consistent-type-imports": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/consistent-return": "off",
    "max-lines": ["error", { max: 300, skipBlankLines: false, skipComments: false }],
    "max-lines-per-function": ["error", { max: 60, skipBlankLines: false, skipComments: false }],
    "max-params": ["error", { max: 3 }],
    "no-console": "error",
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/prefer-add-event-listener": "off",
    "unicorn/require-post-message-target-origin": "off",
    "promise/always-return": "off",
  },
  overrides: [
    ...downward,
    ...gitDownward,
    {
      files: ["agent/cli/run.ts"],
      rules: { "no-restricted-imports": forbid([], ["**/devserver/**"]) },
    },
    { files: ["agent/cli/demo.ts"], rules: { "no-restricted-imports": "off" } },
    {
      files: ["agent/cli/devserver.ts"],
      rules: { "no-restricted-imports": forbid(FOLDERS.slice(1, FOLDERS.indexOf("config"))) },
    },
    {
      files: ["devserver/**"],
      rules: {
        "no-restricted-imports": forbid(
          FOLDERS.filter((name) => name !== "spec" && name !== "kernel"),
          ["**/main.ts"],
        ),
      },
    },
    {
      files: ["agent/cli/**", "bench/**", "test/**", "devserver/**"],
      rules: { "no-console": "off" },
    },
    {
      files: ["test/**"],
      rules: {
        "max-lines-per-function": "off",
        "max-params": "off",
        "no-unused-expressions": "off",
      },
    },
    // The compiler looks at TypeScript alone.
    { files: ["**/*.js", "**/*.cjs"], env: { node: true }, rules: { "no-undef": "error" } },
    { files: ["oxlint.config.ts"], rules: { "import/no-default-export": "off" } },
  ],
});
