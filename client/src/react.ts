// @pullcord/client/react: views as hooks. A component is drawn again when the view it looks at has changed.
import { createContext, createElement, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Pullcord } from './pullcord.js';
import type { ConnectionView, ContextListQuery, ContextListView, ContextView, Live } from './views.js';

const PullcordContext = createContext<Pullcord | undefined>(undefined);

/** Gives everything below it the Pullcord that the hooks look at. Make it once, outside of any component. */
export const PullcordProvider = ({
  pullcord,
  children,
}: {
  readonly pullcord: Pullcord;
  readonly children?: ReactNode;
}): ReactNode => createElement(PullcordContext.Provider, { value: pullcord }, children);

/** The Pullcord of the provider above; throws when there is none. */
export function usePullcord(): Pullcord {
  const pullcord = useContext(PullcordContext);
  if (!pullcord) throw new Error('There is no PullcordProvider above this component.');
  return pullcord;
}

/** Follows a conversation for as long as the component is there. */
export const useContextView = (id: string): ContextView => useLive(usePullcord().context(id));

/** Follows the caller's conversations, newest activity first. */
export const useContextList = (query: ContextListQuery = {}): ContextListView =>
  useLive(usePullcord().contexts(query));

/** The one stream of signals. */
export const useConnection = (): ConnectionView => useLive(usePullcord().connection);

const useLive = <View>({ subscribe, getView }: Live<View>): View =>
  useSyncExternalStore(subscribe, getView, getView);
