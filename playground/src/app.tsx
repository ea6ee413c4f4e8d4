import { useState } from 'react';
import { Conversation } from './conversation/conversation.js';
import { Layout } from './layout/layout.js';
import { useRoute } from './route/use-route.js';
import { Icon } from './style/icon.js';
import { ThemeButton } from './theme/theme-button.js';

export function App(): React.JSX.Element {
  const route = useRoute();
  const [isListOpen, openList] = useState(false);
  const [isDrawerOpen, openDrawer] = useState(false);
  return (
    <Layout
      isListOpen={isListOpen}
      isDrawerOpen={isDrawerOpen}
      onCloseList={() => openList(false)}
      onCloseDrawer={() => openDrawer(false)}
      list={<p>Pullcord</p>}
      drawer={<p>Signals and pulls</p>}
      header={
        <>
          <button type="button" className="sign" aria-label="Open the list" onClick={() => openList(true)}>
            <Icon name="menu" />
          </button>
          <ThemeButton />
          <button
            type="button"
            className="button"
            aria-expanded={isDrawerOpen}
            onClick={() => openDrawer(!isDrawerOpen)}
          >
            Signals and pulls
          </button>
        </>
      }
    >
      {route.page === 'context' && <Conversation key={route.id} id={route.id} />}
    </Layout>
  );
}
