const maxLength = 300;

/**
 * A sentence from a provider, made fit to be shown: one line, at most 300 characters, without the given
 * secrets, without URLs and without what looks like a key.
 */
export function safeText(text: string, secrets: readonly string[] = []): string {
  const line = withoutSecrets(text, secrets)
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replaceAll(/\b[a-z][a-z\d+.-]*:\/\/\S+/gi, '[url]')
    .replaceAll(/\bbearer\s+\S+/gi, '[key]')
    .replaceAll(/\b(?:(?:sk|pk|rk|gsk|xai|hf|nvapi|key|token)[-_]|AIza)[\w*.-]{8,}/gi, '[key]')
    .trim();
  const characters = [...line];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
}

/** The same text without these secrets, whatever else it is. Pure. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, '[key]'), text);
