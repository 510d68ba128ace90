/** Why what a room holds may be that of others. */
export interface Doubt {
  /** In words. */
  readonly message: string;
  /** True: what the agent remembers to have put there, too. */
  readonly isAll: boolean;
  /** True once a plan of the room showed what of that would be removed; absent: none did. */
  readonly isShown?: true;
}
