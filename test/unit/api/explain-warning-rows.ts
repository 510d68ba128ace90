import { SINCE, type ExplainRow } from "../../support/explain-facts.ts";

/** Warnings of a source that keep no room from its head. */
export const WARNING_ROWS: readonly ExplainRow[] = [
  {
    reason: "FolderNotWatched",
    atHead: true,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        webhook: null,
        warnings: [
          {
            reason: "FolderNotWatched",
            message: "folder /specs is not watched (ENOSPC)",
            since: SINCE,
          },
        ],
      },
    },
    message: /^source specs: folder \/specs is not watched \(ENOSPC\)/,
    unblock: /is tried again by itself/,
  },
  {
    reason: "LabelChanged",
    atHead: true,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        webhook: null,
        pullRequests: null,
        warnings: [
          {
            reason: "LabelChanged",
            message: "the label confirm has the id 9; the one that counts had the id 11",
            since: SINCE,
          },
        ],
      },
    },
    message: /^source specs: the label confirm has the id 9/,
    unblock: /Do what the message says/,
  },
  {
    reason: "LabelsNotRead",
    atHead: true,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        webhook: null,
        warnings: [
          {
            reason: "LabelsNotRead",
            message: "what labels say of 1 room is not known: the forge answered 500",
            since: SINCE,
          },
        ],
      },
    },
    message: /^source specs: what labels say of 1 room is not known/,
    unblock: /the forge is asked again by itself/,
  },
  {
    reason: "SyncStatusNotWritten",
    atHead: true,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        webhook: null,
        warnings: [
          {
            reason: "SyncStatusNotWritten",
            message: "the status room-operator/sync of commit c is not written: 403",
            since: SINCE,
          },
        ],
      },
    },
    message: /^source specs: the status room-operator\/sync/,
    unblock: /it is tried again by itself/,
  },
  {
    reason: "PlanNotPublished",
    atHead: true,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        webhook: null,
        warnings: [
          {
            reason: "PlanNotPublished",
            message: "The plan of pull request 7 is not published: the forge answered 403",
            since: SINCE,
          },
        ],
      },
    },
    message: /^source specs: The plan of pull request 7 is not published/,
    unblock: /the agent tries again by itself/,
  },
  {
    reason: "WebhookSecretUnreadable",
    atHead: true,
    source: {
      live: {
        name: "specs",
        lastPoll: SINCE,
        nextPoll: null,
        webhook: null,
        warnings: [
          {
            reason: "WebhookSecretUnreadable",
            message: "no delivery of the webhook can be verified",
            since: SINCE,
          },
        ],
      },
    },
    message: /^source specs: no delivery of the webhook can be verified/,
    unblock: /Write the secret into the file/,
  },
];
