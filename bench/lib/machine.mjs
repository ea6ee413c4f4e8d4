import { availableParallelism, cpus, totalmem } from 'node:os';

/** What the figures were measured on, as far as it explains them; nothing that names the machine. */
export const machine = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memory_gb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
});
