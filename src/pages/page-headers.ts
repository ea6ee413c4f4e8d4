/**
 * What a page may do, in place of what other answers may (nothing). Scripts and calls are the server's own alone, so that
 * nothing a model writes can run or send anything away; its pictures may come from elsewhere, over TLS.
 */
export const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data: blob: https:",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join(';'),
  // A window that a link of a conversation opened knows nothing of this one.
  'cross-origin-opener-policy': 'same-origin',
} as const;
