/** An Idempotency-Key. Not by `randomUUID`, which a page that was not loaded over HTTPS does not have. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
