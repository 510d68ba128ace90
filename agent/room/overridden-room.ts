/** A room whose file is put aside for a posted spec. */
export interface OverriddenRoom {
  /** Set by `X-Override`: git is ignored until a commit touches the room. */
  readonly overridden: boolean;
  /** What the file said when the spec took its place; null: nothing that can be used. Absent: not known. */
  readonly overriddenFile?: { readonly digest: string; readonly specOid: string } | null;
}
