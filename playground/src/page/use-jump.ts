import { useEffect } from 'react';
import type { LiveContext } from '@pullcord/client';
import { usePullcord } from '@pullcord/client/react';
import { attempt, notify } from '../notices/notices.js';
import { navigate } from '../route/use-route.js';
import type { Route } from '../route/route-format.js';

/** Brings the message that the address names before the reader's eyes, from however far up and from any branch. */
export function useJump(route: Route): void {
  const pullcord = usePullcord();
  const id = route.page === 'context' ? route.id : undefined;
  const message = route.page === 'context' ? route.message : undefined;
  const branch = route.page === 'context' ? route.branch : undefined;
  useEffect(() => {
    if (id === undefined || message === undefined) return;
    const abort = new AbortController();
    const live = pullcord.context(id);
    attempt('The message is not to be found.', () => jump(live, { message, branch }, abort.signal));
    return () => {
      abort.abort();
      live.showBranch(undefined);
    };
  }, [pullcord, id, message, branch]);
}

interface Target {
  readonly message: string;
  readonly branch: string | undefined;
}

/** As many pages as are turned for one message; what is farther up is not drawn. */
const maxPages = 40;

async function jump(live: LiveContext, { message, branch }: Target, abort: AbortSignal): Promise<void> {
  await settled(live, abort, (view) => view.status !== 'loading');
  if (isOnAnotherBranch(live, branch)) {
    live.showBranch(branch);
    await settled(live, abort, (view) => view.branch === branch && view.messages.length > 0);
  }
  if (branch !== undefined) leaveWith(live, branch, abort);
  for (let page = 0; page < maxPages && !abort.aborted; page++) {
    const { messages, hasOlder } = live.getView();
    if (messages.some((each) => each.message.id === message)) return show(message);
    if (!hasOlder) break;
    await live.loadOlder();
  }
  if (!abort.aborted) notify('The message is not in this conversation any more, or too far up.');
}

/** The address goes on naming the branch for as long as it is shown: a command, or another tab, may lead away from it. */
function leaveWith(live: LiveContext, branch: string, abort: AbortSignal): void {
  if (abort.aborted || live.getView().branch !== branch) return;
  const stop = live.subscribe((view) => {
    if (view.branch !== branch) navigate({ page: 'context', id: live.id });
  });
  abort.addEventListener('abort', stop, { once: true });
}

function isOnAnotherBranch(live: LiveContext, branch: string | undefined): boolean {
  const view = live.getView();
  return branch !== undefined && branch !== view.branch && view.branches.some(({ id }) => id === branch);
}

/** Waits until the view is so, or has ended otherwise, or nobody waits any more. */
function settled(
  live: LiveContext,
  abort: AbortSignal,
  isSo: (view: ReturnType<LiveContext['getView']>) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const view = live.getView();
      if (!abort.aborted && !isSo(view) && view.status !== 'missing' && view.status !== 'failed') return;
      stop();
      resolve();
    };
    const stop = live.subscribe(look);
    abort.addEventListener('abort', look, { once: true });
    look();
  });
}

/** Two frames: one for React to draw the message, one for the page to have laid it out. */
function show(message: string): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const element = document.querySelector(`[data-message="${CSS.escape(message)}"]`);
      element?.scrollIntoView({ block: 'center' });
      element?.animate([{ background: 'var(--signal-wash)' }, { background: 'transparent' }], {
        duration: 2400,
        easing: 'ease-out',
      });
    }),
  );
}
