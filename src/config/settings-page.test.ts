import { expect, it } from 'vitest';
import { settingsPage } from './settings-page.js';

it('matches docs/reference/settings.md (written anew by vitest -u)', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../../docs/reference/settings.md');
});
