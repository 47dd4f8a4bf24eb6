import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the tests look at of a service in a compose file. */
export interface ComposeService {
  build?: { target: string };
  environment?: Record<string, string | number>;
  ports?: string[];
  networks?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  stop_grace_period?: string;
  deploy?: { resources: { limits: Record<string, string | number> } };
}

/** The content of a file of the repository. */
export const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The services of a compose file, as they are written there: without those of the files it is laid over. */
export function servicesIn(path: string): Record<string, ComposeService | undefined> {
  // Compose's own tags, !reset and !override, mean nothing to the parser: it would warn of them.
  const { services } = parse(read(path), { merge: true, logLevel: 'error' }) as {
    services: Record<string, ComposeService | undefined>;
  };
  return services;
}

/** The variables that a compose file takes from `.env`. */
export const variablesOf = (path: string): string[] => [
  ...new Set([...read(path).matchAll(/\$\{(\w+)/g)].map(([, name]) => name!)),
];

/** A value as Compose passes it on when every variable without a default of its own holds `given`. */
export const interpolate = (value: string | number, given: string): string =>
  String(value).replace(/\$\{\w+(?::([-?])([^}]*))?\}/g, (_all, kind: string | undefined, text: string) =>
    kind === '-' ? text : given,
  );
