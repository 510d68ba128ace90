import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import type { Upload } from "./room.ts";

/** The parts of a form: text by field name, bytes by field name. */
interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The upload a seed form carries, or what is wrong with it. */
export async function parseSeedForm(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): Promise<Upload | { readonly problem: string }> {
  const form = await parseForm(headers, body);
  if ("problem" in form) return form;
  const bytes = form.files.get("file");
  if (bytes === undefined) return { problem: "the part `file` is missing" };
  const values = ["name", "type", "workspace", "tags"].map((field) => form.fields.get(field));
  const [name, type, workspace, tags] = values;
  if (name === undefined || name === "") return { problem: "the part `name` is missing or empty" };
  if (type === undefined || type === "") return { problem: "the part `type` is missing or empty" };
  if (workspace === undefined) return { problem: "the part `workspace` is missing" };
  if (tags === undefined) return { problem: "the part `tags` is missing" };
  return { name, type, workspace, tags, bytes };
}

async function parseForm(
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): Promise<Form | { readonly problem: string }> {
  const fields = new Map<string, string>();
  const files: Promise<readonly [string, Uint8Array]>[] = [];
  try {
    const parser = busboy({
      headers,
      defParamCharset: "utf8",
      preservePath: true,
      limits: { fieldSize: body.byteLength },
    });
    parser.on("field", (name, value) => fields.set(name, value));
    parser.on("file", (name, stream) => {
      const read = buffer(stream).then((bytes) => [name, bytes] as const);
      // A cut form fails both here and in the pipeline; the pipeline's error is the one reported.
      read.catch(() => undefined);
      files.push(read);
    });
    await pipeline(Readable.from([body]), parser);
    return { fields, files: new Map(await Promise.all(files)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
