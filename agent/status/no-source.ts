/** Said of an agent whose `Git.Sources` is empty. */
export const NO_SOURCE = {
  reason: "NoSourceConfigured",
  message: "no source is configured: only posted specs are enforced",
} as const;
