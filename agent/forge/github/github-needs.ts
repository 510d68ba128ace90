/** How the need for a right reads in a message. Fine-grained tokens and apps name rights like this; a classic token needs the scope `repo`. */
export const NEEDS = {
  repository: "the right Metadata: read, and the repository among those of the token",
  read: "the right Pull requests: read",
  comment: "the right Pull requests: write, and a conversation that is not locked",
  activity: "the right Contents: read",
  status: "the right Commit statuses: write",
  readStatus: "the right Commit statuses: read",
  person: "the right Metadata: read",
} as const;
