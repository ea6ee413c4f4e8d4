import './style/tokens.css';
import './style/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Access } from './access/access.js';
import { App } from './app.js';
import { applyTheme } from './theme/theme.js';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has lost its root.');
applyTheme();
createRoot(root).render(
  <StrictMode>
    <Access>{(pullcord) => <App pullcord={pullcord} />}</Access>
  </StrictMode>,
);
