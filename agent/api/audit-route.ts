import type { Store } from "../store/store.ts";
import type { Handlers } from "./express-app.ts";
import { jsonAnswer } from "./http-answer.ts";

export function auditRoutes(deps: {
  readonly store: Pick<Store, "readAudit">;
}): Pick<Handlers, "audit"> {
  return {
    audit: async ({ query }) => jsonAnswer(200, { entries: await deps.store.readAudit(query) }),
  };
}
