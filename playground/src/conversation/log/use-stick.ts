import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type RefObject,
  type UIEvent,
} from 'react';

/** So near to the end, in pixels, counts as at the end. */
const nearness = 48;

export interface Stick {
  /** What scrolls. */
  readonly log: RefObject<HTMLDivElement | null>;
  /** What grows in it. */
  readonly content: RefObject<HTMLDivElement | null>;
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
  /** Whether the reader has scrolled up, and does not follow what comes. */
  readonly isAway: boolean;
  readonly follow: () => void;
}

/**
 * Keeps the end in sight while text comes, until the reader scrolls up; and keeps what is read where it is when older
 * messages come above it. Only a move upwards counts as leaving: a log that
 * grew has moved nothing, and one that shrank was moved by the browser.
 */
export function useStick(firstId: string | undefined): Stick {
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isStuck = useRef(true);
  const last = useRef({ top: 0, height: 0 });
  const [isAway, setAway] = useState(false);

  const leave = useCallback(({ scrollTop, scrollHeight }: HTMLElement) => {
    if (scrollTop >= last.current.top || scrollHeight < last.current.height) return;
    isStuck.current = false;
    setAway(true);
  }, []);
  const toEnd = useCallback(() => {
    if (!log.current) return;
    leave(log.current);
    if (isStuck.current) log.current.scrollTop = log.current.scrollHeight;
    last.current = { top: log.current.scrollTop, height: log.current.scrollHeight };
  }, [leave]);
  const follow = useCallback(() => {
    isStuck.current = true;
    setAway(false);
    toEnd();
  }, [toEnd]);
  const onScroll = useCallback(
    ({ currentTarget }: UIEvent<HTMLElement>) => {
      const { scrollTop, scrollHeight, clientHeight } = currentTarget;
      const isAtEnd = scrollHeight - clientHeight - scrollTop < nearness;
      if (isAtEnd) {
        isStuck.current = true;
        setAway(false);
      } else leave(currentTarget);
      last.current = { top: scrollTop, height: scrollHeight };
    },
    [leave],
  );

  useKeptPlace(log, content, isStuck, firstId);
  useLayoutEffect(toEnd);
  useEffect(() => {
    const observer = new ResizeObserver(toEnd);
    for (const { current } of [log, content]) if (current) observer.observe(current);
    return () => observer.disconnect();
  }, [toEnd]);
  return { log, content, onScroll, isAway, follow };
}

/** When other messages come before the first, what the reader looks at moves down by as much as they are high. */
function useKeptPlace(
  log: RefObject<HTMLDivElement | null>,
  content: RefObject<HTMLDivElement | null>,
  isStuck: RefObject<boolean>,
  firstId: string | undefined,
): void {
  const first = useRef<{ readonly element: HTMLElement; readonly top: number }>(undefined);
  useLayoutEffect(() => {
    const before = first.current;
    if (before?.element.isConnected && log.current && !isStuck.current)
      log.current.scrollTop += before.element.offsetTop - before.top;
    const element = content.current?.querySelector('article');
    first.current = element ? { element, top: element.offsetTop } : undefined;
  }, [log, content, isStuck, firstId]);
}
