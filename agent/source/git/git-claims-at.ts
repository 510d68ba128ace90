import type { ClaimAt, ClaimsAt, OtherPlace } from "../claims-at.ts";
import type { BlobCall } from "./git-open-clone.ts";
import { normalisedFolder } from "./git-folder-name.ts";
import type { GitSession, ReadableClone } from "./git-session.ts";
import { filterListing } from "./git-spec-filter.ts";
import { listSpecs } from "./git-spec-listing.ts";
import { SpecParsing } from "./git-spec-parsing.ts";
import { WantedBlobs } from "./git-wanted-blobs.ts";

/** The rooms that files of a commit name at the places of other sources, read under the limits of this one. */
export async function claimsAt(
  session: GitSession,
  asked: {
    readonly head: string;
    readonly places: readonly OtherPlace[];
    readonly call: BlobCall;
  },
): Promise<ClaimsAt> {
  await session.open();
  const claims: ClaimAt[] = [];
  for (const place of asked.places) claims.push(...(await claimsIn(session, place, asked)));
  return { kind: "claims", claims };
}

async function claimsIn(
  session: GitSession,
  { source, path, patterns, known }: OtherPlace,
  { head, call }: { readonly head: string; readonly call: BlobCall },
): Promise<readonly ClaimAt[]> {
  const folder = normalisedFolder(path);
  const { patterns: _own, ...settings } = session.settings;
  const reading: ReadableClone = {
    settings: { ...settings, path: folder, ...(patterns === undefined ? {} : { patterns }) },
    objects: session.objects,
    trees: session.trees,
    need: (oids, blobs, at) => session.need(oids, blobs, at),
    parse: (file, bytes, watch) => session.parse(file, bytes, watch),
    specBytes: (oid) => session.specBytes(oid),
  };
  const { limits } = settings;
  const listing = listSpecs(session.trees, session.trees.commit(head).tree, { folder, limits });
  const wanted = new WantedBlobs(reading, head, call);
  const { kept } = await filterListing(listing, reading, wanted);
  const seen = new Set(known);
  const fresh = kept.filter(({ oid }) => !seen.has(oid));
  await wanted.specs(fresh);
  const parsing = new SpecParsing(reading, fresh);
  const claims: ClaimAt[] = [];
  for (const spec of fresh) {
    const parsed = await parsing.take(spec);
    const roomId = parsed.kind === "valid" ? parsed.spec.spec.roomId : parsed.roomId;
    claims.push({ source, path: spec.path, roomId });
    call.onReceived();
  }
  return claims;
}
