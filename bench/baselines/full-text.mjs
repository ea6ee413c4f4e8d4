// What FTS5 alone does with the same words: the best twenty of all that match, by its own ranking, without their texts.
import { createHistogram } from 'node:perf_hooks';
import Sqlite from 'better-sqlite3';
import { answerAsks } from '../lib/answer-asks.mjs';

let find;
let matches;
let turn = 0;

function open({ databaseFile, matches: asked }) {
  const db = new Sqlite(databaseFile, { readonly: true });
  const search = db.prepare(
    `SELECT rowid FROM search_terms WHERE search_terms MATCH 'terms : (' || ? || ')' ORDER BY rank LIMIT 20`,
  );
  find = (match) => search.all(match);
  matches = asked;
}

function run({ seconds }) {
  const histogram = createHistogram();
  const began = performance.now();
  const until = began + seconds * 1000;
  let requests = 0;
  for (let at = began; at < until; requests++) {
    find(matches[turn++ % matches.length]);
    const now = performance.now();
    histogram.record(Math.max(1, Math.round((now - at) * 1000)));
    at = now;
  }
  const [p50Ms, p95Ms] = [50, 95].map((percentile) => histogram.percentile(percentile) / 1000);
  return { rate: requests / ((performance.now() - began) / 1000), p50Ms, p95Ms };
}

answerAsks({ open, run });
