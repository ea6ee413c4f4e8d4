import type { FastifyReply } from 'fastify';
import { clientGone } from '../http/params.js';
import { DomainError, type ErrorCode } from '../kernel/domain-error.js';
import { ToolError } from '../tools/tool-source.js';

/** What a request to an MCP server can meet. */
export const mcpErrors = [
  'mcp_server_not_found',
  'mcp_unavailable',
  'mcp_timeout',
  'mcp_refused',
  'too_many_requests',
] as const satisfies readonly ErrorCode[];

const codes: Readonly<Record<string, ErrorCode>> = {
  mcp_server_not_found: 'mcp_server_not_found',
  mcp_resource_not_found: 'mcp_resource_not_found',
  mcp_unavailable: 'mcp_unavailable',
  mcp_refused: 'mcp_refused',
  mcp_too_large: 'limit_exceeded',
  mcp_busy: 'too_many_requests',
  timeout: 'mcp_timeout',
};

/** Asks an MCP server until the client has gone. What goes wrong is said as whoever asks over HTTP is told. */
export async function orProblem<Answer>(
  reply: FastifyReply,
  work: (gone: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const gone = clientGone(reply);
  try {
    return await work(gone);
  } catch (error) {
    const code = error instanceof ToolError ? codes[error.code] : undefined;
    if (code) throw new DomainError(code, (error as ToolError).message);
    // Nobody is there to read it.
    if (gone.aborted) throw new DomainError('mcp_timeout', 'The client has gone.');
    throw error;
  }
}
