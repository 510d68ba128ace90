/** What is wrong with the store, as all that speak of it say; null: nothing. */
export function storeProblem(store: {
  readonly ok: boolean;
  readonly message: string;
  readonly damaged?: true;
}) {
  if (store.ok) return null;
  const reason = store.damaged === true ? "StoreDamaged" : "StoreUnavailable";
  const message = `the agent cannot keep its memory, so it writes to no room: ${store.message}`;
  return { reason, message } as const;
}
