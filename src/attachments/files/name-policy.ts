/** Bytes of UTF-8: what file systems allow, so that a download can be saved under it. */
const maxBytes = 255;

/**
 * What is wrong with the name of a file, in a sentence that goes on from it; undefined for a good one. Names are kept
 * and shown, and never part of a path here, but whoever saves a download may be less careful. Pure.
 */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'must not be empty';
  if (new TextEncoder().encode(name).length > maxBytes) return `must have at most ${maxBytes} bytes`;
  if (/[/\\]/.test(name) || name === '.' || name === '..') return 'must be a name, without a path';
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return 'must not have control characters';
  // With these, `exe.gpj` is read as `jpg.exe`.
  if (/[\u202a-\u202e\u2066-\u2069]/.test(name)) return 'must not have characters that turn the text around';
  return undefined;
}

/** A Content-Disposition for any name (RFC 6266 §4.3, RFC 8187 §3.2): in ASCII for old readers, then as it is. Pure. */
export function convertToDisposition(type: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  const whole = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `${type}; filename="${ascii}"; filename*=UTF-8''${whole.replace(/%[0-9a-f]{2}/g, (code) => code.toUpperCase())}`;
}
