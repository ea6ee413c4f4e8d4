import { counterBy } from '../telemetry/instruments.js';

const chunks = counterBy('pullcord_chunks_total', 'Chunks that were committed, by who wrote them', ['by']);

export const chunksOfRuns = chunks.of('run');
export const chunksOfProducers = chunks.of('producer');
