import { type AskedVersion, type BodyOptions, type PostedSpec, readSpec } from "./apply-body.ts";
import { ProblemError } from "./problem.ts";
import { NOT_KEPT, textOf, versionContents, type VersionDeps } from "./version-texts.ts";

/**
 * The spec that a room's history holds under a version, as if it was posted. Rejects with `UnknownRoom` or `UnknownVersion`, with
 * `InvalidBody` where the version has several contents and none is named, and as `readSpec` does.
 */
export async function readStoredVersion(
  asked: AskedVersion,
  options: Omit<BodyOptions, "contentType">,
  deps: VersionDeps,
): Promise<PostedSpec> {
  const { roomId, specVersion, specDigest } = asked;
  const contents = await versionContents(asked, deps);
  const wanted = contents.filter(([digest]) => specDigest === null || digest === specDigest);
  const [content, another] = wanted;
  if (content === undefined)
    throw otherDigest(
      asked,
      contents.map(([digest]) => digest),
    );
  if (another !== undefined)
    throw severalContents(
      asked,
      wanted.map(([digest]) => digest),
    );
  const bytes = await textOf(content[1], deps.store);
  if (bytes === null) {
    const detail = `version ${specVersion} of room ${roomId} cannot be applied: ${NOT_KEPT}`;
    throw new ProblemError("UnknownVersion", detail);
  }
  return readSpec(bytes, options, `version ${specVersion}`);
}

function severalContents(asked: AskedVersion, digests: readonly string[]): ProblemError {
  const { roomId, specVersion } = asked;
  return new ProblemError(
    "InvalidBody",
    `version ${specVersion} of room ${roomId} has ${digests.length} contents: send one of their specDigests with it` +
      ` (GET /rooms/${roomId}/versions/${specVersion} shows them)`,
    { errors: findings(digests) },
  );
}

function otherDigest(asked: AskedVersion, digests: readonly string[]): ProblemError {
  const { roomId, specVersion, specDigest } = asked;
  return new ProblemError(
    "UnknownVersion",
    `version ${specVersion} of room ${roomId} has no content with the specDigest ${specDigest ?? ""}: send one that it has`,
    { errors: findings(digests) },
  );
}

const MOST_DIGESTS = 50;

function findings(digests: readonly string[]) {
  return digests.slice(0, MOST_DIGESTS).map((digest) => ({ name: "specDigest", message: digest }));
}
