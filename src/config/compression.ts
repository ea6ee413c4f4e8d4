/** What becomes of a conversation that is longer than a model's window. */
export const compressionStrategies = ['summarize', 'recent_n', 'importance', 'none'] as const;
export type CompressionStrategy = (typeof compressionStrategies)[number];

/** Turns that may be asked to be kept. */
export const maxKeptTurns = 1000;
