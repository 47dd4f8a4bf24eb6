import type { parseArgs } from 'node:util';
import { DeadLetterFilter } from '#contracts';
import { parseWords, UsageError } from '../lib/command-line.js';
import { oneLine } from './text.js';

/** What the user wants done. */
export interface Command {
  name: 'list' | 'show' | 'redrive' | 'discard';
  filter: DeadLetterFilter;
  each: boolean;
  dryRun: boolean;
  json: boolean;
}

const options = {
  service: { type: 'string' },
  type: { type: 'string' },
  reason: { type: 'string' },
  id: { type: 'string' },
  all: { type: 'boolean' },
  each: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;
type Option = keyof typeof options;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const filters = ['service', 'type', 'reason', 'id'] as const;

const takes: Record<Command['name'], readonly Option[]> = {
  list: [...filters, 'each', 'json'],
  show: ['service', 'id', 'json'],
  redrive: [...filters, 'all', 'dry-run', 'json'],
  discard: ['service', 'id'],
};

/** @throws UsageError that says what to change */
export function parseCommand(args: string[]): Command {
  const { positionals, values } = parseWords(args, options);
  const [name = '', ...rest] = positionals;
  if (!isCommand(name)) throw new UsageError(`say one of ${Object.keys(takes).join(', ')}; see --help`);
  if (name === 'show') values.id ??= rest.shift();
  if (rest.length > 0) throw new UsageError(`'${oneLine(rest[0]!)}' is too much; see --help`);
  const strange = (Object.keys(values) as Option[]).find((option) => !takes[name].includes(option));
  if (strange) throw new UsageError(`${name} takes no --${strange}; see --help`);
  const missing = whatIsMissing(name, values);
  if (missing) throw new UsageError(missing);
  const { each = false, 'dry-run': dryRun = false, json = false } = values;
  return { name, filter: filterOf(values), each, dryRun, json };
}

const isCommand = (name: string): name is Command['name'] => Object.hasOwn(takes, name);

function whatIsMissing(name: Command['name'], { id, all, ...values }: Values): string | undefined {
  const ids = '`list --each` shows the ids';
  if (name === 'show' && id === undefined) return `say \`show <id>\`; ${ids}`;
  if (name === 'discard' && id === undefined) return `say \`discard --id <id>\`; ${ids}`;
  const which = all || [id, values.service, values.type, values.reason].some((value) => value !== undefined);
  return name === 'redrive' && !which ? 'say which ones (--service, --type, --reason, --id), or --all' : undefined;
}

function filterOf({ service, type, reason, id }: Values): DeadLetterFilter {
  const { data, error } = DeadLetterFilter.safeParse({ service, type, reason, id });
  if (data) return data;
  throw new UsageError(error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; '));
}
