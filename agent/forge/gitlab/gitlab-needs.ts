/** How the need for a scope and a role reads in a message. */
export const NEEDS = {
  read: "the scope read_api and the role Reporter",
  comment: "the scope api, the role Reporter, and a conversation that is not locked",
  status: "the scope api and the role Developer",
  self: "the scope read_api or read_user",
} as const;
