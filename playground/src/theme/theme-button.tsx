import { Icon, type IconName } from '../style/icon.js';
import { nextTheme, useTheme, type Theme } from './theme.js';

const icons: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };

export function ThemeButton(): React.JSX.Element {
  const theme = useTheme();
  return (
    <button
      type="button"
      className="sign"
      aria-label={`Theme: ${theme}`}
      title={`Theme: ${theme}`}
      onClick={nextTheme}
    >
      <Icon name={icons[theme]} />
    </button>
  );
}
