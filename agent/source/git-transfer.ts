import { AdvertisementAnswer } from "./git-advertisement.ts";
import type { Advertisement } from "./git-advertisement.ts";
import { limitExceeded } from "./git-failure.ts";
import { fetchMessage } from "./git-fetch-request.ts";
import type { FetchWish } from "./git-fetch-request.ts";
import type { FetchOptions, GitDeadlines, GitHttp } from "./git-http.ts";
import { PackWriter } from "./git-pack-writer.ts";
import type { PackLimits } from "./git-pack-scan.ts";
import { REF_LIST_BYTES, REF_LIST_LIMIT } from "./git-ref-list.ts";
import { UploadPackAnswer } from "./git-upload-pack.ts";
import type { UploadPack } from "./git-upload-pack.ts";

export interface TransferOptions extends FetchOptions {
  /** Without a slash at its end. */
  readonly url: string;
  /** `totalMs` is for all requests together. */
  readonly deadlines: GitDeadlines;
  /** `packBytes` is for what the server answers to the request for the pack. */
  readonly limits: PackLimits;
  /** Where the pack is put. */
  readonly packFolder: string;
  /** Called when the pack has come, and again and again while its index is made. */
  readonly onProgress: () => void;
}

/**
 * Fetches one pack: asks what the server speaks, then for the pack. The list of refs, which only servers of the older protocol
 * send, is neither kept nor counted against `PackBytes`.
 */
export async function transferPack(
  http: GitHttp,
  wish: FetchWish,
  options: TransferOptions,
): Promise<UploadPack> {
  const untilMs = performance.now() + options.deadlines.totalMs;
  const server = await askServer(http, options);
  const message = fetchMessage(server, wish);
  const { limits, packFolder, onProgress } = options;
  const writer = new PackWriter({
    folder: packFolder,
    objectBytes: limits.objectBytes,
    onProgress,
  });
  try {
    const answer = new UploadPackAnswer(limits, (bytes) => writer.write(bytes));
    await http.fetch(
      {
        method: "POST",
        url: `${options.url}/git-upload-pack`,
        ...message,
        contentType: "application/x-git-upload-pack-result",
        brings: "the pack",
        deadlines: {
          ...options.deadlines,
          totalMs: Math.max(untilMs - performance.now(), 1),
          operationMs: options.deadlines.totalMs,
        },
        limit: { bytes: limits.packBytes, exceeded: () => tooManyBytes(limits) },
        onBytes: (bytes) => answer.push(bytes),
      },
      options,
    );
    const brought = answer.finish();
    onProgress();
    await writer.finish(brought.pack);
    return brought;
  } finally {
    writer.close();
  }
}

async function askServer(http: GitHttp, options: TransferOptions): Promise<Advertisement> {
  const answer = new AdvertisementAnswer([], REF_LIST_LIMIT);
  await http.fetch(
    {
      method: "GET",
      url: `${options.url}/info/refs?service=git-upload-pack`,
      headers: { "git-protocol": "version=2" },
      contentType: "application/x-git-upload-pack-advertisement",
      brings: "the list of refs",
      deadlines: options.deadlines,
      limit: { bytes: REF_LIST_BYTES, exceeded: REF_LIST_LIMIT.exceeded },
      onBytes: (bytes) => answer.push(bytes),
    },
    options,
  );
  return answer.finish();
}

function tooManyBytes({ packBytes }: PackLimits): Error {
  return limitExceeded("PackBytes", packBytes, "The server sends more bytes than allowed");
}
