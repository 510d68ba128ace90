import type { Saboteur } from "./saboteur.ts";

/** What program the launcher starts, made wrong. */
export const PROGRAM_SABOTEURS: readonly Saboteur[] = [
  {
    name: "what was built runs though a source was edited",
    file: "bin/bundle.js",
    text: `return sources(\`\${path} is not`,
    replacement: `sources(\`\${path} is not`,
    tests: ["test/integration/process/program-choice.test.ts"],
  },
  {
    name: "a file of the same length and time is taken for the same",
    file: "bin/bundle.js",
    text: "return found.ctimeMs === ctimeMs && ",
    replacement: "return ",
    tests: ["test/integration/process/program-choice.test.ts"],
  },
  {
    name: "a build forgets what ran before it",
    file: "bin/build.js",
    text: "tidy(dist, [MANIFEST, START, folder, ...previous]);",
    replacement: "tidy(dist, [MANIFEST, START, folder]);",
    tests: ["test/integration/process/built-program.test.ts"],
  },
  {
    name: "a build looks at no file inside a package",
    file: "bin/build.js",
    text: "return [path, `${folder}/package.json`];",
    replacement: "return [`${folder}/package.json`];",
    tests: ["test/integration/process/built-program.test.ts"],
  },
  {
    name: "what was built runs though how Node is set was edited",
    file: "bin/build.js",
    text: `"bin/agent-settings.js",`,
    replacement: "",
    tests: ["test/integration/process/shell-launcher.test.ts"],
  },
  {
    name: "a shell starts what was built though a source was edited",
    file: "bin/start-built.js",
    text: "if (program.isBuilt) {",
    replacement: "if (program) {",
    tests: ["test/integration/process/shell-launcher.test.ts"],
  },
  {
    name: "a shell forgets where the package is when it is started by a link",
    file: "bin/room-operator",
    text: `*) file=\${file%/*}/$target ;;`,
    replacement: "*) file=$target ;;",
    tests: ["test/integration/process/shell-launcher.test.ts"],
  },
  {
    name: "a variable that a person has set is set again",
    file: "bin/start-script.js",
    text: "${name}-${inRoot",
    replacement: "${name}:-${inRoot",
    tests: ["test/integration/process/shell-launcher.test.ts"],
  },
  {
    name: "a flag keeps Node from the code that it comes with",
    file: "bin/agent-settings.js",
    text: "export const AGENT_FLAGS = [",
    replacement: 'export const AGENT_FLAGS = ["--expose-gc", ',
    tests: ["test/integration/process/launcher.test.ts"],
  },
  {
    name: "memory is freed once",
    file: "agent/kernel/free-memory.ts",
    text: "collect ??= collector();",
    replacement: "if (collect !== null) return;\n  collect ??= collector();",
    tests: ["test/unit/kernel/free-memory.test.ts"],
  },
  {
    name: "a supervisor starts the program of all commands",
    file: "bin/bundle.js",
    text: 'command === "run" ? MAIN_OF_RUN : MAIN',
    replacement: "MAIN",
    tests: ["test/integration/process/program-choice.test.ts"],
  },
  {
    name: "a build imports Node's own modules whole",
    file: "bin/build.js",
    text: "contents: withoutBuiltinImports(bytes.toString())",
    replacement: "contents: bytes",
    tests: ["test/integration/process/built-program.test.ts"],
  },
];
