import type { FastifyReply } from 'fastify';

/**
 * Answers with text that is JSON already. What is stored as JSON was checked when it came: a pull that puts it into its
 * answer as it is saves reading and writing it anew, which cost more than all else that a large pull does.
 */
export function answerJson(reply: FastifyReply, text: string): string {
  void reply.header('content-type', 'application/json; charset=utf-8');
  return text;
}
