// @ts-check
import { randomBytes } from 'node:crypto';

/** A password fit for URLs and shells alike. */
const randomPassword = () => randomBytes(24).toString('hex');

/**
 * What a `.env` should hold: as it is, and what it lacks of the example's settings. An empty `…_PASSWORD` gets a random one.
 * @param {string} example the content of `.env.example`
 * @param {string | undefined} current the content of `.env`, if there is one
 * @returns {{ content: string, added: string[] }} `added`: the variables that got a password
 */
export function completeEnvFile(example, current) {
  const given = passwordsIn(current ?? '');
  const missing = [...passwordsIn(example)].filter(([name]) => !given.get(name)).map(([name]) => name);
  return { content: missing.reduce(withPassword, current ?? example), added: missing };
}

/** @param {string} content @returns {Map<string, string>} */
function passwordsIn(content) {
  const lines = content.matchAll(/^(\w+_PASSWORD)=[ \t]*(.*?)[ \t\r]*$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}

/** @param {string} content @param {string} name */
function withPassword(content, name) {
  const line = `${name}=${randomPassword()}`;
  const empty = new RegExp(`^${name}=.*$`, 'm');
  if (empty.test(content)) return content.replace(empty, line);
  return `${content}${content.endsWith('\n') ? '' : '\n'}${line}\n`;
}
