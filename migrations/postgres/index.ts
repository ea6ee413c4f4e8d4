export { FirstSchema1795219200000 } from './2026-11-21-first-schema.js';
export { ToolRounds1795222800000 } from './2026-11-21-tool-rounds.js';
export { Workflows1795226400000 } from './2026-11-21-workflows.js';
export { PoolEpoch1795230000000 } from './2026-11-21-pool-epoch.js';
export { Branches1795230600000 } from './2026-11-21-branches.js';
export { Search1795230900000 } from './2026-11-21-search.js';
export { DeletedContexts1795231100000 } from './2026-11-21-deleted-contexts.js';
export { Attachments1795231200000 } from './2026-11-21-attachments.js';
