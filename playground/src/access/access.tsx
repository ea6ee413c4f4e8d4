import { useCallback, useEffect, useState } from 'react';
import { createPullcord, type Pullcord } from '@pullcord/client';
import { PullcordProvider, useConnection } from '@pullcord/client/react';
import { TokenPrompt } from './token-prompt.js';
import { keepToken, readToken } from './token.js';

/** The server that this page came from, also below a path that a proxy adds. */
const connect = (token: string | undefined): Pullcord =>
  createPullcord({ baseUrl: new URL('.', window.location.href).href, ...(token ? { token } : {}) });

interface AccessProps {
  readonly children: (pullcord: Pullcord) => React.ReactNode;
}

/** Connects, and asks for a token where the server wants one. Another token is another caller: all begins anew. */
export function Access({ children }: AccessProps): React.JSX.Element {
  const [token, setToken] = useState(readToken);
  const [pullcord, setPullcord] = useState<Pullcord>();
  useEffect(() => {
    const connected = connect(token);
    setPullcord(connected);
    return () => connected.close();
  }, [token]);
  const take = useCallback(
    (given: string) => {
      keepToken(given);
      setToken(given);
      // The same one is no change, and yet it may be right by now.
      if (given === token) pullcord?.connection.retryNow();
    },
    [pullcord, token],
  );
  return (
    <>
      {pullcord && (
        <PullcordProvider pullcord={pullcord}>
          {children(pullcord)}
          <Gate hasToken={token !== undefined} onToken={take} />
        </PullcordProvider>
      )}
    </>
  );
}

interface GateProps {
  readonly hasToken: boolean;
  readonly onToken: (token: string) => void;
}

/** Closed while the server does not take the caller for anybody. */
function Gate({ hasToken, onToken }: GateProps): React.JSX.Element | null {
  const { status, problem } = useConnection();
  if (status !== 'refused' || problem?.status !== 401) return null;
  return <TokenPrompt wasRefused={hasToken} onToken={onToken} />;
}
