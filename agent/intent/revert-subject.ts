/** The subject that git gives to a revert and to the revert of one. */
export const REVERT_SUBJECT = /^[ \t]*(?:Revert|Reapply) "/u;
