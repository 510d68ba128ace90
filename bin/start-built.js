/*
 * What `bin/room-operator` starts, on the Node and with the flags and variables that `dist/start.sh` names: becomes the program that was
 * built. Where that is not what the sources say, the process is replaced by one that runs them.
 */

// Node ends by a SIGHUP that it has no listener for, whatever the shell said. Until the program listens, `run` has read no configuration.
if (process.argv[2] === "run") process.on("SIGHUP", () => undefined);
const { WHY_SOURCES, findProgram } = await import("./bundle.js");
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule("node:url");

const program = await findProgram(fileURLToPath(new URL("..", import.meta.url)), process.argv[2]);
if (program.isBuilt) {
  delete process.env[WHY_SOURCES];
  process.argv[1] = program.main;
  await import(pathToFileURL(program.main).href);
} else {
  const { startOf } = await import("./start-of.js");
  const { args, env } = startOf(program, process.argv.slice(2));
  process.execve(process.execPath, [process.execPath, ...args], env);
}
