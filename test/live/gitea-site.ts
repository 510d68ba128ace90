import type { GiteaSite } from "../support/forge/gitea-person.ts";

const { ROOM_OPERATOR_GITEA_URL: url, ROOM_OPERATOR_GITEA_ADMIN: login } = process.env;
const password = process.env["ROOM_OPERATOR_GITEA_PASSWORD"];

/**
 * A suite against a real Gitea, which is given by ROOM_OPERATOR_GITEA_URL, _ADMIN and _PASSWORD. It makes users and repositories
 * of its own there and leaves them behind: for a Gitea that is only there for this, and that may deliver to 127.0.0.1. Without one
 * the suite is skipped and says so.
 */
export function withGitea(name: string, suite: (site: GiteaSite) => void): void {
  describe(name, function () {
    this.timeout(180_000);
    if (url === undefined || login === undefined || password === undefined) {
      it("is not tried: ROOM_OPERATOR_GITEA_URL, _ADMIN and _PASSWORD do not name a Gitea", function () {
        this.skip();
      });
      return;
    }
    suite({ url: url.replace(/\/+$/, ""), admin: { login, password } });
  });
}
