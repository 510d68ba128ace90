import { startGithubWorld } from "../../support/forge/github-stand-in.ts";
import { forgeContract } from "./forge.contract.ts";

forgeContract("GitHub", startGithubWorld);
