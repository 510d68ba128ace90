import { parseArgs } from "node:util";
import { roomSpecJsonSchema } from "../spec/json-schema.ts";
import type { CommandIo } from "./command.ts";

/** `schema`: prints the JSON Schema of RoomSpec for editors. Exit code 0. */
export async function schema(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr">,
): Promise<number> {
  parseArgs({ args: [...args], options: {} });
  io.stdout.write(`${JSON.stringify(roomSpecJsonSchema(), null, 2)}\n`);
  return 0;
}
