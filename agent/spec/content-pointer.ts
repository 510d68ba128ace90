import { isAnnexPointer, mayBeAnnexPointer } from "./annex-pointer.ts";
import { isLfsPointer, mayBeLfsPointer } from "./lfs-pointer.ts";

/** A program that keeps the content of files outside of git. */
export type PointerKind = "lfs" | "annex";

/** What people call it. */
export const POINTER_NAMES: Readonly<Record<PointerKind, string>> = {
  lfs: "a Git LFS pointer",
  annex: "a git-annex pointer",
};

/** Whether a file of so many bytes may be a pointer at all. */
export function mayBePointer(size: number): boolean {
  return mayBeLfsPointer(size) || mayBeAnnexPointer(size);
}

/** What bytes stand for, where they were committed in the place of a file; null for content. */
export function pointerKindOf(bytes: Uint8Array): PointerKind | null {
  if (isLfsPointer(bytes)) return "lfs";
  return isAnnexPointer(bytes) ? "annex" : null;
}
