import { useEffect } from 'react';

/** What the tab is called. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? 'Pullcord' : `${title} · Pullcord`;
  }, [title]);
}
