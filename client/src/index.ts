// @pullcord/client: a live view of conversations, kept true by signals and two cursors.
export { createPullcord, type Pullcord } from './pullcord.js';
export type { PullcordOptions } from './options.js';
export { PullcordError, type Problem } from './problem.js';
export type * from './views.js';
