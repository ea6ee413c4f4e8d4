import './style/tokens.css';
import './style/page.css';
import { createPullcord } from '@pullcord/client';
import { PullcordProvider } from '@pullcord/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { applyTheme } from './theme/theme.js';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its root.');
applyTheme();
const pullcord = createPullcord();
createRoot(root).render(
  <StrictMode>
    <PullcordProvider pullcord={pullcord}>
      <App />
    </PullcordProvider>
  </StrictMode>,
);
