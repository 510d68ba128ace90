/** What a path holds in a commit: text or bytes of a file, another mode, or null to take it away. */
export type FileContent =
  | string
  | Buffer
  | null
  | { readonly mode: "100755" | "120000"; readonly content: string }
  | { readonly mode: "160000"; readonly oid: string };
