/** Most characters of a text that a person or a tool wrote; a model's answer may be longer. */
export const maxContent = 1_000_000;
/** PULLCORD_MAX_ANSWER_BYTES by default. */
export const maxAnswer = 33_554_432;
export const maxName = 256;
/** Ids that somebody else gave: a model's tool calls, a workflow engine's executions. */
export const maxForeignId = 256;
/** Models that may have been asked before the one that answered. */
export const maxSkipped = 10;
export const maxPath = 4_096;
export const maxUri = 8_192;
/** A picture as text: some 2.2 MB before base64. */
export const maxPicture = 3_000_000;
export const maxErrorText = 10_000;
/** JSON of a tool's arguments, of an unknown kind's data. */
export const maxFreeBytes = 262_144;
/** JSON of what a tool answered. */
export const maxResultBytes = 1_048_576;
/** JSON of what a client sends along in `metadata`. */
export const maxClientBytes = 16_384;

/** For paths and names: a line break in one would let it pass for other text in a prompt. */
export const printable = { pattern: /^\P{Cc}*$/u, says: 'must not hold control characters' } as const;
export const mimeType = {
  max: 255,
  pattern: /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/,
  says: 'must be a MIME type such as text/plain, in lower case and without parameters',
} as const;
