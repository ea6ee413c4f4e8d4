// The token that the reader has given: for this tab, and gone with it.
import { keep, readKept } from '../kept.js';

const key = 'pullcord.token';

export const readToken = (): string | undefined => readKept('session', key);

/** Without one, the last is forgotten. */
export const keepToken = (token: string | undefined): boolean => keep('session', key, token);
