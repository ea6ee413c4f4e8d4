// Contexts in which a run is under way, against a model whose pace we set.
import { createContexts, post } from './set-up.mjs';

/** A server with such a model, and so many contexts that do not ask it anything yet. */
export async function stageRuns(stage, { count, paceMs }) {
  const upstream = stage.process('load/upstream.mjs');
  const pullcord = await stage.pullcord({
    env: {
      OPENAI_BASE_URL: await upstream.ask('listen', { paceMs }),
      OPENAI_API_KEY: 'bench',
      PULLCORD_DEFAULT_MODEL: 'openai/bench',
    },
  });
  const contextIds = await createContexts(pullcord.url, count);
  const begin = () =>
    Promise.all(
      contextIds.map((id) =>
        post(pullcord.url, `/contexts/${id}/actions/send_message`, { content: 'Go on.' }),
      ),
    );
  return { upstream, pullcord, contextIds, begin };
}
