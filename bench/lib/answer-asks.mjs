// The other end of `Child.ask`, inside the child.

const known = {};
/** Questions that came before the module that answers them was loaded. */
const early = [];

/** Answers the questions that it has a function for. Other modules of the process may answer others. */
export function answerAsks(asks) {
  if (Object.keys(known).length === 0) process.on('message', receive);
  Object.assign(known, asks);
  // Alive as long as somebody may ask, also where the probe has said otherwise.
  process.channel.ref();
  for (const message of early.splice(0)) void receive(message);
}

async function receive(message) {
  const { id, name, facts } = message;
  if (!Object.hasOwn(known, name)) return void early.push(message);
  try {
    process.send({ id, answer: await known[name](facts) });
  } catch (error) {
    process.send({ id, error: String(error.stack) });
  }
}

// Nobody is left to ask.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
