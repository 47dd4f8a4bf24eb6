// @ts-check
// Aborts when better-sqlite3 was compiled in a way that kills processes as they collect garbage: statements are dropped
// while a timer lets the heap grow until V8 tidies up by itself, between two turns of the event loop.
import Database from 'better-sqlite3';

const database = new Database(':memory:');
/** @type {object[]} */
const kept = [];
let turns = 0;

const timer = setInterval(() => {
  for (let n = 0; n < 200; n++) database.prepare('SELECT 1').get();
  for (let n = 0; n < 2_000; n++) kept.push({ n, list: [n, n, n] });
  if (++turns === 600) clearInterval(timer);
}, 1);
