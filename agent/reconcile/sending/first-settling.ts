/** When the open intents of rooms were read for first. In memory: what a run before this one sent, it sent before the first read of this one. */
export class FirstSettling {
  readonly #rooms = new Map<string, { readonly intent: string; readonly atMs: number }>();

  /** Ms since the first read for the room's open intents, of which `intent` is the first one. */
  sinceMs(roomId: string, intent: string, nowMs: number): number {
    const known = this.#rooms.get(roomId);
    if (known?.intent === intent && known.atMs <= nowMs) return nowMs - known.atMs;
    this.#rooms.set(roomId, { intent, atMs: nowMs });
    return 0;
  }

  settled(roomId: string): void {
    this.#rooms.delete(roomId);
  }
}
