import { startGitlabWorld } from "../../support/forge/gitlab-stand-in.ts";
import { forgeContract } from "./forge.contract.ts";

forgeContract("GitLab", startGitlabWorld);
