import type { Series } from "./series.ts";

/** What the reload of the configuration reports. */
export interface ConfigMetrics {
  /** The configuration file is as what is in force. `atMs`: wall time, ms since 1970. */
  configLoaded(atMs: number): void;
  /** The configuration file has something that is not in force. */
  configRefused(): void;
}

export function createConfigMetrics(series: Series): ConfigMetrics {
  const successful = series.gauge({
    name: "config_last_reload_successful",
    help: "1 while the configuration in force is that of the file; 0 while what the file has is refused",
  });
  const loaded = series.gauge({
    name: "config_last_reload_success_timestamp_seconds",
    help: "When the configuration was last read and put in force, or found unchanged",
  });
  return {
    configLoaded: (atMs) => {
      successful.set(1);
      loaded.set(atMs / 1000);
    },
    configRefused: () => successful.set(0),
  };
}
