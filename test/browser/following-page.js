// A client as a page is one, run by the tests inside of the browser: the browser's own EventSource and fetch, two cursors.
globalThis.follow = (base, contextId) => {
  const context = `${base}/contexts/${contextId}`;
  const page = { opened: 0, failed: 0, signals: [], revision: 0, messages: {}, messageId: '', chunks: [] };
  const source = new globalThis.EventSource(`${context}/events`);
  const get = async (path) => (await globalThis.fetch(`${context}/${path}`)).json();
  let work = Promise.resolve();

  source.onopen = () => page.opened++;
  source.onerror = () => page.failed++;
  source.addEventListener('signal', ({ data }) => {
    const signal = JSON.parse(data);
    page.signals.push(signal);
    if (signal.type !== 'content_delta') return;
    page.messageId = signal.message_id;
    // One after the other, so that each asks from where the last one ended. What fails now is pulled later.
    work = work.then(page.pullChunks).catch(() => undefined);
  });

  page.pullChunks = async () => {
    const after = page.chunks.at(-1)?.sequence ?? 0;
    const { chunks } = await get(`messages/${page.messageId}/streaming-chunks?after=${after}`);
    page.chunks.push(...chunks);
  };
  page.pullMessages = async () => {
    const { messages, revision } = await get(`messages?changed_since=${page.revision}`);
    for (const message of messages) page.messages[message.id] = message;
    page.revision = revision;
  };
  page.look = () => ({
    ...page,
    state: source.readyState,
    messages: Object.values(page.messages),
    text: page.chunks.map(({ delta }) => delta).join(''),
  });
  globalThis.page = page;
};
