import { useEffect, useMemo } from 'react';
import type { Pullcord } from '@pullcord/client';
import { ActivityLog } from './activity-log.js';

/** Listens from the beginning, so that the drawer has something to tell when it is opened. */
export function useActivityLog(pullcord: Pullcord): ActivityLog {
  const log = useMemo(() => new ActivityLog(), []);
  useEffect(() => pullcord.activity(log.add), [pullcord, log]);
  return log;
}
