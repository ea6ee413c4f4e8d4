// A model elsewhere that is never at a loss: an OpenAI-compatible server whose answers come as fast as they are read.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerAsks } from '../lib/answer-asks.mjs';

const frame = {
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'bench',
};
const event = (fields) => `data: ${JSON.stringify({ ...frame, ...fields })}\n\n`;
const delta = (delta, finish_reason = null) => event({ choices: [{ index: 0, delta, finish_reason }] });

const first = delta({ role: 'assistant', content: '' });
const word = delta({ content: ' words' });
const last = `${delta({}, 'stop')}${event({
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 1000, total_tokens: 1009 },
})}data: [DONE]\n\n`;

const answers = new Set();

class Answer {
  #response;
  #left;

  constructor(response, chunks) {
    this.#response = response;
    this.#left = chunks;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(first);
    response.on('close', () => answers.delete(this));
  }

  /** One chunk more, if what came before it was read. */
  go() {
    if (this.#response.writableNeedDrain) return;
    if (this.#left-- > 0) return void this.#response.write(word);
    answers.delete(this);
    this.#response.end(last);
  }
}

let isGoing = false;

/** A chunk of each answer, and then what else there is to do: each is a write of its own, as a model's server makes it. */
function goOn() {
  for (const answer of answers) answer.go();
  // Nobody to write to is no reason to be busy.
  isGoing = answers.size > 0;
  if (isGoing) setImmediate(goOn);
}

answerAsks({
  /** `chunks` is how many an answer has. */
  listen: async ({ chunks }) => {
    const server = createServer(async (request, response) => {
      response.on('error', () => undefined);
      request.resume();
      await once(request, 'end');
      answers.add(new Answer(response, chunks));
      if (!isGoing) goOn();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}/v1`;
  },
});
