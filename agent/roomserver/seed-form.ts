import type { HttpBody } from "../http/http-message.ts";
import type { SeedUpload } from "./room-server.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * The multipart form of a seed call: `name`, `type`, `workspace`, `tags` (joined by `,` in spec order, present when
 * empty) and `file` with the artifact's name as its file name and no content type. The bytes are not copied.
 */
export function seedForm({ artifact, bytes }: SeedUpload, boundary: string): HttpBody {
  const fields: readonly (readonly [string, string])[] = [
    ["name", artifact.name],
    ["type", artifact.type],
    ["workspace", artifact.workspace],
    ["tags", artifact.tags.join(",")],
  ];
  const head = Buffer.from(
    [
      ...fields.map(([name, value]) => `${open(boundary, `name="${name}"`)}${value}\r\n`),
      open(boundary, `name="file"; filename="${quoted(artifact.name)}"`),
    ].join(""),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.byteLength + bytes.byteLength + tail.byteLength,
    *chunks() {
      yield head;
      for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
        yield bytes.subarray(start, start + CHUNK_BYTES);
      }
      yield tail;
    },
  };
}

function open(boundary: string, parameters: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; ${parameters}\r\n\r\n`;
}

/** Escapes what would end a quoted parameter, the way HTML forms do, and the backslash, which some parsers take for an escape. */
function quoted(text: string): string {
  return text
    .replaceAll("\\", "%5C")
    .replaceAll('"', "%22")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");
}
