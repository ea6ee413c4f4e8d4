// A model elsewhere: an OpenAI-compatible server whose answers come at a steady pace, whoever reads them or not.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerAsks } from '../lib/answer-asks.mjs';

/** How often it looks which chunks are due. */
const tickMs = 1;

const answers = new Set();

class Answer {
  #response;
  #paceMs;
  #began;
  #sent = 0;

  constructor(response, paceMs) {
    this.#response = response;
    this.#paceMs = paceMs;
    // Answers that began together do not go on in step.
    this.#began = performance.now() + Math.random() * paceMs;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event({ role: 'assistant', content: '' }));
    response.on('close', () => answers.delete(this));
  }

  /** How many chunks should have been written by now. */
  due(now) {
    return Math.max(0, Math.floor((now - this.#began) / this.#paceMs) + 1);
  }

  /** Each chunk's text is the time at which it was written, in nanoseconds of the machine's own clock. */
  tick(now) {
    for (const due = this.due(now); this.#sent < due; this.#sent++)
      this.#response.write(event({ content: `${process.hrtime.bigint()} ` }));
  }
}

const event = (delta) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'bench',
    choices: [{ index: 0, delta, finish_reason: null }],
  })}\n\n`;

setInterval(() => {
  const now = performance.now();
  for (const answer of answers) answer.tick(now);
}, tickMs);

answerAsks({
  /** `paceMs` lies between two chunks of an answer, which go on until whoever asked has gone. */
  listen: async ({ paceMs }) => {
    const server = createServer(async (request, response) => {
      request.resume();
      await once(request, 'end');
      answers.add(new Answer(response, paceMs));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}/v1`;
  },
  due: () => {
    const now = performance.now();
    return [...answers].reduce((sum, answer) => sum + answer.due(now), 0);
  },
});
