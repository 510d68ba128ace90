/*
 * `dist/start.sh`, by which `bin/room-operator` becomes the packaged Node.
 */
import { AGENT_ENVIRONMENT, AGENT_FLAGS, LOADERS, PACKAGED_NODE } from "./agent-settings.js";

/** Its text, for a package in the folder `root`, which may be moved; undefined where there is no packaged Node for this system. */
export function startScript(root) {
  const loader = process.platform === "linux" ? LOADERS[process.arch] : undefined;
  if (loader === undefined) return undefined;
  const node = `"$room_operator_root"${quoted(`/node_modules/${PACKAGED_NODE}`)}`;
  const variables = Object.entries(AGENT_ENVIRONMENT).map(
    ([name, value]) => `  export ${name}="\${${name}-${inRoot(value, root)}}"\n`,
  );
  const start = [
    node,
    ...AGENT_FLAGS.map(quoted),
    '"$room_operator_root"/bin/start-built.js',
    '"$@"',
  ];
  return `# Made by "npm run build" of bin/agent-settings.js, for bin/room-operator.
if [ -e ${quoted(loader)} ] && [ -x ${node} ] && [ -r "$room_operator_root"/bin/start-built.js ]; then
${variables.join("")}  exec ${start.join(" ")}
fi
`;
}

function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Between double quotes; a path in the package begins at the folder where the package is then. */
function inRoot(value, root) {
  const [start, rest] = value.startsWith(root)
    ? ["$room_operator_root/", value.slice(root.length)]
    : ["", value];
  return start + rest.replaceAll(/[\\"$`]/g, String.raw`\$&`);
}
