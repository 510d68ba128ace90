/** What a caller may send as a correlation id. */
export const CORRELATION_ID = /^[A-Za-z0-9._-]{1,128}$/;
