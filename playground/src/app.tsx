import { useEffect, useMemo, useState } from 'react';
import type { Pullcord } from '@pullcord/client';
import { useContextList } from '@pullcord/client/react';
import { titleOf } from './contexts/title-format.js';
import { Conversation } from './conversation/conversation.js';
import { ActivityLog } from './drawer/activity-log.js';
import { Drawer } from './drawer/drawer.js';
import { ShortcutList } from './keyboard/shortcut-list.js';
import { useShortcuts } from './keyboard/use-shortcuts.js';
import { Layout, narrow } from './layout/layout.js';
import { useMedia } from './layout/use-media.js';
import { Sidebar } from './list/sidebar.js';
import { NoticeList } from './notices/notice-list.js';
import { attempt } from './notices/notices.js';
import { Home } from './page/home.js';
import { TopBar } from './page/top-bar.js';
import { useJump } from './page/use-jump.js';
import { useTitle } from './page/use-title.js';
import { navigate, useRoute } from './route/use-route.js';
import { nextTheme } from './theme/theme.js';

export function App({ pullcord }: { readonly pullcord: Pullcord }): React.JSX.Element {
  const route = useRoute();
  const openId = route.page === 'context' ? route.id : undefined;
  const { contexts } = useContextList();
  const isNarrow = useMedia(narrow);
  const [isListOpen, openList] = useState(false);
  const [isDrawerOpen, openDrawer] = useState(false);
  const [hasHelp, showHelp] = useState(false);
  const log = useActivityLog(pullcord);
  const at = contexts.findIndex(({ id }) => id === openId);
  useTitle(openId === undefined ? undefined : titleOf(contexts[at]));
  useJump(route);

  const closeList = (): void => openList(false);
  const toggleDrawer = (): void => openDrawer(!isDrawerOpen);
  const begin = (): void =>
    attempt('No conversation was begun.', async () => {
      const { id } = await pullcord.createContext();
      closeList();
      navigate({ page: 'context', id });
    });
  const go = (to: number): void => {
    const context = contexts[to];
    if (context) navigate({ page: 'context', id: context.id });
  };
  useShortcuts({
    new: begin,
    search: () => {
      openList(true);
      focusSoon('[data-search]');
    },
    write: () => focusSoon('textarea[aria-label="Message"]'),
    previous: () => go(at - 1),
    next: () => go(at + 1),
    signals: toggleDrawer,
    theme: nextTheme,
    help: () => showHelp(true),
  });

  return (
    <>
      <Layout
        isListOpen={isListOpen}
        isDrawerOpen={isDrawerOpen}
        onCloseList={closeList}
        onCloseDrawer={() => openDrawer(false)}
        list={
          <Sidebar
            openId={openId}
            onClose={isNarrow ? closeList : undefined}
            onChoose={closeList}
            onNew={begin}
            onShortcuts={() => showHelp(true)}
          />
        }
        header={
          <TopBar
            contextId={openId}
            isDrawerOpen={isDrawerOpen}
            onOpenList={isNarrow ? () => openList(true) : undefined}
            onToggleDrawer={toggleDrawer}
          />
        }
        drawer={
          <Drawer
            log={log}
            contextId={openId}
            titleOf={(id) => titleOf(contexts.find((context) => context.id === id))}
            onClose={() => openDrawer(false)}
          />
        }
      >
        {openId === undefined ? (
          <Home onNew={begin} onSignals={() => openDrawer(true)} />
        ) : (
          <Conversation key={openId} id={openId} />
        )}
      </Layout>
      <NoticeList />
      {hasHelp && <ShortcutList onClose={() => showHelp(false)} />}
    </>
  );
}

/** Listens from the beginning, so that the drawer has something to tell when it is opened. */
function useActivityLog(pullcord: Pullcord): ActivityLog {
  const log = useMemo(() => new ActivityLog(), []);
  useEffect(() => pullcord.activity(log.add), [pullcord, log]);
  return log;
}

/** Once what was opened for it is there. */
function focusSoon(selector: string): void {
  requestAnimationFrame(() => {
    const element = document.querySelector(selector);
    if (element instanceof HTMLElement) element.focus();
  });
}
