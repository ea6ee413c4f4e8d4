import type { Settings } from '../../config/settings.js';

/** What an MCP server may take of us. */
export type McpLimits = Pick<
  Settings,
  | 'mcpStartTimeoutMs'
  | 'mcpListWaitMs'
  | 'mcpRetryBaseMs'
  | 'mcpRetryMaxMs'
  | 'mcpCloseGraceMs'
  | 'mcpMessageBytes'
  | 'mcpMessagesPerSecond'
  | 'mcpLogLineBytes'
  | 'mcpMaxTools'
  | 'mcpToolBytes'
  | 'mcpMaxListed'
  | 'mcpResourceBytes'
  | 'mcpConcurrentCalls'
  | 'mcpWaitingCalls'
  | 'toolTimeoutMs'
  | 'toolResultBytes'
>;

/** Told why a connection is of no use any more; completes the sentence "the server …". */
export type Lost = (reason: string) => void;

export const tooMany = 'sends too many messages';
export const tooLarge = ({ mcpMessageBytes }: McpLimits): string =>
  `sent a message of more than ${mcpMessageBytes} bytes`;
