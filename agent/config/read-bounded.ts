import { constants } from "node:fs";
import { open } from "node:fs/promises";

const PIECE_BYTES = 16_384;

/**
 * The bytes of a file. Of one of any size or kind little more than `most` bytes are read, and a pipe is not waited for: nothing
 * may stand still because a path is wrong. Rejects as `fs.open` does, and with the signal's reason.
 */
export async function readBounded(
  path: string,
  most: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const pieces: Buffer[] = [];
    for (let count = 0; count <= most;) {
      signal?.throwIfAborted();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES));
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      count += bytesRead;
    }
    return Buffer.concat(pieces);
  } finally {
    await file.close();
  }
}
