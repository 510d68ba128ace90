/*
 * What goes through the pipes between a test process and its git host: the lengths of head and body (4 bytes each, big
 * endian), a head of JSON, and a body of bytes.
 */

export const FRAME_HEAD_BYTES = 8;

export function encodeFrame(head: object, body: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const lengths = Buffer.alloc(FRAME_HEAD_BYTES);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(body.length, 4);
  return Buffer.concat([lengths, text, body]);
}

export function headOf(bytes: Buffer): { readonly headBytes: number; readonly bodyBytes: number } {
  return { headBytes: bytes.readUInt32BE(0), bodyBytes: bytes.readUInt32BE(4) };
}

/** Cuts a stream of bytes into frames. */
export async function* framesOf(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly head: unknown; readonly body: Buffer }> {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = FRAME_HEAD_BYTES;
  for await (const chunk of stream) {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const bytes = Buffer.concat(chunks);
      const { headBytes, bodyBytes } = headOf(bytes);
      const bodyAt = FRAME_HEAD_BYTES + headBytes;
      wanted = bodyAt + bodyBytes;
      if (held < wanted) {
        chunks = [bytes];
        break;
      }
      const head: unknown = JSON.parse(bytes.subarray(FRAME_HEAD_BYTES, bodyAt).toString());
      yield { head, body: bytes.subarray(bodyAt, wanted) };
      chunks = [bytes.subarray(wanted)];
      held -= wanted;
      wanted = FRAME_HEAD_BYTES;
    }
  }
}
