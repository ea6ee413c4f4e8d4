// npm run test:faults: the fault tests in their long form, which takes an hour rather than a minute. Arguments narrow
// it, as they do for `npm test`.
process.env.PULLCORD_FAULTS = 'full';
process.argv.push('faults');
await import('./test.mjs');
