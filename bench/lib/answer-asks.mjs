// The other end of `Child.ask`, inside the child.

/** Answers the questions that it has a function for; other modules of the process may answer others. */
export function answerAsks(asks) {
  process.on('message', async ({ id, name, facts }) => {
    if (!Object.hasOwn(asks, name)) return;
    try {
      process.send({ id, answer: await asks[name](facts) });
    } catch (error) {
      process.send({ id, error: String(error.stack) });
    }
  });
  // Alive as long as somebody may ask, also where the probe has said otherwise.
  process.channel.ref();
  // Nobody is left to ask.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
