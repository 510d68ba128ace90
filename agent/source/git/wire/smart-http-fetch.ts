import { AdvertisementAnswer } from "./git-advertisement.ts";
import type { Advertisement } from "./git-advertisement.ts";
import { limitExceeded } from "../../git-failure.ts";
import { fetchMessage, filters } from "./git-fetch-request.ts";
import { deadlinesUntil } from "./git-deadlines.ts";
import { PackWriter } from "../objects/git-pack-writer.ts";
import type { PackLimits } from "../objects/git-pack-scan.ts";
import { REF_LIST_BYTES, REF_LIST_LIMIT } from "./git-ref-list.ts";
import { UploadPackAnswer } from "./git-upload-pack.ts";
import type { FetchWish, PackRequest, TransportCall } from "./git-transport.ts";
import type { UploadPack } from "./git-upload-pack.ts";
import type { SmartHttpExchange } from "./smart-http-exchange.ts";

/**
 * Fetches one pack: asks what the server speaks, then for the pack. The list of refs, which only servers of the older protocol
 * send, is neither kept nor counted against `PackBytes`.
 */
export async function fetchPack(
  http: SmartHttpExchange,
  wish: FetchWish,
  asked: PackRequest,
): Promise<UploadPack> {
  const untilMs = performance.now() + asked.deadlines.totalMs;
  const server = await askServer(http, asked);
  asked.onFilters(filters(server));
  const message = fetchMessage(server, wish);
  const { limits, packFolder, onProgress } = asked;
  const writer = new PackWriter({
    folder: packFolder,
    objectBytes: limits.objectBytes,
    onProgress,
  });
  try {
    const answer = new UploadPackAnswer(limits, (bytes, start) => writer.write(bytes, start));
    await http.send(
      {
        method: "POST",
        path: "/git-upload-pack",
        ...message,
        contentType: "application/x-git-upload-pack-result",
        brings: "the pack",
        limit: { bytes: limits.packBytes, exceeded: () => tooManyBytes(limits) },
        onBytes: (bytes) => answer.push(bytes),
      },
      { ...asked, deadlines: deadlinesUntil(untilMs, asked.deadlines) },
    );
    const brought = answer.finish();
    onProgress();
    await writer.finish(brought.pack);
    return brought;
  } finally {
    writer.close();
  }
}

/** The server's capabilities are asked for, not its refs. */
const NO_REFS = { prefixes: [], keeps: () => false };

async function askServer(http: SmartHttpExchange, call: TransportCall): Promise<Advertisement> {
  const answer = new AdvertisementAnswer(NO_REFS, REF_LIST_LIMIT);
  await http.send(
    {
      method: "GET",
      path: "/info/refs?service=git-upload-pack",
      headers: { "git-protocol": "version=2" },
      contentType: "application/x-git-upload-pack-advertisement",
      brings: "the list of refs",
      limit: { bytes: REF_LIST_BYTES, exceeded: REF_LIST_LIMIT.exceeded },
      onBytes: (bytes) => answer.push(bytes),
    },
    call,
  );
  return answer.finish();
}

function tooManyBytes({ packBytes }: PackLimits): Error {
  return limitExceeded("PackBytes", packBytes, "The server sends more bytes than allowed");
}
