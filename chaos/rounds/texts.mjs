// @ts-check
import { randomUUID } from 'node:crypto';

const links = Array.from({ length: 6 }, (_, index) => `https://example.com/${index}`).join(' ');
const spam = `Look here: ${links}`;

/** A text like no other: moderation would take repetitions for spam. Some are such that it must reject them. @param {boolean} rejected */
export function aText(rejected) {
  return rejected ? `${spam} ${randomUUID()}` : `A text like no other: ${randomUUID()}`;
}

/** What moderation must say of one of our texts. @param {string} text */
export function verdictOn(text) {
  return text.startsWith(spam) ? 'rejected' : 'approved';
}
