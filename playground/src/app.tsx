import type { Pullcord } from '@pullcord/client';
import { useContextList } from '@pullcord/client/react';
import { titleOf } from './contexts/title-format.js';
import { Conversation } from './conversation/conversation.js';
import { Drawer } from './drawer/drawer.js';
import { useActivityLog } from './drawer/use-activity-log.js';
import { ShortcutList } from './keyboard/shortcut-list.js';
import { useShortcuts } from './keyboard/use-shortcuts.js';
import { Layout } from './layout/layout.js';
import { Sidebar } from './list/sidebar.js';
import { NoticeList } from './notices/notice-list.js';
import { Home } from './page/home.js';
import { TopBar } from './page/top-bar.js';
import { useJump } from './page/use-jump.js';
import { focusOn, usePanels } from './page/use-panels.js';
import { useTitle } from './page/use-title.js';
import { useTravel } from './page/use-travel.js';
import { useRoute } from './route/use-route.js';
import { nextTheme } from './theme/theme.js';

export function App({ pullcord }: { readonly pullcord: Pullcord }): React.JSX.Element {
  const route = useRoute();
  const openId = route.page === 'context' ? route.id : undefined;
  const { contexts } = useContextList();
  const panels = usePanels();
  const log = useActivityLog(pullcord);
  const { begin, step } = useTravel(pullcord, contexts, openId);
  const nameOf = (id: string): string => titleOf(contexts.find((context) => context.id === id));
  useTitle(openId && nameOf(openId));
  useJump(route);
  useShortcuts({
    new: begin,
    search: panels.search,
    write: () => focusOn('textarea[aria-label="Message"]'),
    previous: () => step(-1),
    next: () => step(1),
    signals: panels.toggleDrawer,
    theme: nextTheme,
    help: panels.showHelp,
  });
  return (
    <>
      <Layout
        {...panels}
        list={<Sidebar openId={openId} panels={panels} onNew={begin} />}
        header={<TopBar openId={openId} panels={panels} />}
        drawer={<Drawer log={log} contextId={openId} titleOf={nameOf} onClose={panels.closeDrawer} />}
      >
        {openId === undefined ? (
          <Home onNew={begin} onSignals={panels.openDrawer} />
        ) : (
          <Conversation key={openId} id={openId} />
        )}
      </Layout>
      <NoticeList />
      {panels.hasHelp && <ShortcutList onClose={panels.closeHelp} />}
    </>
  );
}
