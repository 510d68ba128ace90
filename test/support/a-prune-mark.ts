/** Of a spec file that a commit removed from a source that prunes. */
export const PRUNE_MARK = {
  source: "specs",
  path: "rooms/a.room.yaml",
  revision: "main@sha1:gone",
  commit: "c1",
  author: "Ada <ada@example.org>",
  committedAt: null,
  since: "2026-01-01T00:00:00.000Z",
};
