import type { Config } from "../config/config.ts";
import { roomRule } from "../config/room-rule.ts";

/** The configuration in force. Whoever may outlive it reads it here each time; passes keep the one they began with. */
export class LiveConfig {
  #now: Config;
  #rule: ReturnType<typeof roomRule>;
  #names: ReadonlySet<string>;

  constructor(config: Config) {
    this.#now = config;
    this.#rule = roomRule(config);
    this.#names = namesOf(config);
  }

  get now(): Config {
    return this.#now;
  }

  replace(config: Config): void {
    this.#now = config;
    this.#rule = roomRule(config);
    this.#names = namesOf(config);
  }

  /** The configured sources. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Whether a source is configured. */
  has(source: string): boolean {
    return this.#names.has(source);
  }

  /** Whether a source may manage a room (`AllowedRooms`). */
  readonly mayManage = (source: string, roomId: string): boolean => this.#rule(source, roomId);
}

function namesOf({ git }: Config): ReadonlySet<string> {
  return new Set(git.sources.map(({ name }) => name));
}
