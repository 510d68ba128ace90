import type { SpecFile, SyncResult } from "../../agent/source/spec-source.ts";
import { pathOf, type ModelGit } from "./model-git.ts";

interface RoomOfGit {
  readonly roomId: string;
  readonly owned: boolean;
}

/** The files of a source's newest snapshot: which rooms' are broken or gone, and whether all are. */
export class ModelFiles {
  readonly broken = new Set<string>();
  /** Rooms that nobody owns once the snapshot counts. */
  readonly gone = new Set<string>();
  emptied = false;
  readonly #git: ModelGit;
  readonly #rooms: readonly string[];

  constructor(git: ModelGit, rooms: readonly string[]) {
    this.#git = git;
    this.#rooms = rooms;
  }

  forget(): void {
    this.gone.clear();
    this.emptied = false;
  }

  told({ path, parsed }: SpecFile): void {
    const roomId = this.#rooms.find((room) => pathOf(room) === path);
    if (roomId === undefined) return;
    if (parsed.kind === "invalid") this.broken.add(roomId);
    else this.broken.delete(roomId);
  }

  /**
   * The whole picture: rooms that no file names are nobody's, unless that could be a mistake. `isNamed`: commits say of all of
   * them that they may go.
   */
  toldAll(
    { head, paths }: Extract<SyncResult, { kind: "ready" }>,
    rooms: readonly RoomOfGit[],
    isNamed: boolean,
  ): void {
    const present = new Set(paths.map(({ path }) => path));
    const owned = rooms.filter((room) => room.owned);
    this.#know(head, present);
    this.emptied = present.size === 0 && owned.length > 0 && !isNamed;
    const isStray = rooms.some((room) => this.broken.has(room.roomId) && !room.owned);
    this.gone.clear();
    if (this.emptied) return;
    for (const { roomId } of owned) {
      if (present.has(pathOf(roomId))) continue;
      if (isStray) this.broken.add(roomId);
      else this.gone.add(roomId);
    }
  }

  /** A file that is as the store knows it is not told again, also when a sync that told another one came to nothing. */
  #know(head: string, present: ReadonlySet<string>): void {
    for (const roomId of this.#rooms) {
      const isThere = present.has(pathOf(roomId));
      if (!isThere) this.broken.delete(roomId);
      else if (this.#git.wish(head, roomId) === null) this.broken.add(roomId);
    }
  }
}
