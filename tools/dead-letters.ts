import { parseArgs } from 'node:util';
import { DeadLetterFilter } from '#contracts';
import { DeadLetterError, DeadLetters } from '#messaging';
import { appEnv, EnvironmentError, parseEnv } from '#service';
import { oneLine, printable, story, tableOf } from './dead-letters/text.js';

const help = `Shows the dead letters of all services, sends them to be handled anew, or throws them away.

  npm run dead-letters -- list [--each]       how many of each kind; with --each, a line for every one
  npm run dead-letters -- show <id>           the whole story: headers, body, offset in the event log
  npm run dead-letters -- redrive <which>     send them to the queue of the service that failed, and to no other
  npm run dead-letters -- discard --id <id>   print one, and remove it
  npm run dead-letters -- --help              this text

Which ones, for list and redrive; what is said must all hold:
  --service <comments, moderation or query>
  --type <comment.created, …, or unknown>
  --reason <permanent, transient, delivery-limit or unknown>
  --id <id>    its own, as 'list --each' shows it, or its messageId, which several may share
  --all        redrive asks for it when nothing else says which ones

  --service    also tells show and discard where to look
  --dry-run    redrive: change nothing, only say what would become of each
  --json       list, show, redrive: JSON, a line each with --each and redrive

RABBITMQ_URL says which RabbitMQ (amqp://localhost:5672 when it is not set). Everything may be interrupted and repeated:
at worst a message is handled twice, which changes nothing. See docs/dead-letters.md.`;

/** What the user has to change. */
class UsageError extends Error {}

/** How long to wait for another operator, in milliseconds. */
const PATIENCE = 30_000;

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
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
type Option = keyof typeof options;

interface Command {
  takes: readonly Option[];
  /** Says what is missing. */
  check?(values: Values, id: string | undefined): string | undefined;
  run(deadLetters: DeadLetters, values: Values, filter: DeadLetterFilter): Promise<void>;
}

const filters = ['service', 'type', 'reason', 'id'] as const;

const commands: Record<string, Command> = {
  list: { takes: [...filters, 'each', 'json'], run: list },
  show: {
    takes: ['service', 'json', 'id'],
    check: ({ id }) => (id === undefined ? 'say `show <id>`; `list --each` shows the ids' : undefined),
    run: show,
  },
  redrive: {
    takes: [...filters, 'all', 'dry-run', 'json'],
    check: ({ all, ...values }) =>
      all || filters.some((name) => values[name] !== undefined)
        ? undefined
        : 'say which ones (--service, --type, --reason, --id), or --all',
    run: redrive,
  },
  discard: {
    takes: ['service', 'id'],
    check: ({ id }) => (id === undefined ? 'say `discard --id <id>`; `list --each` shows the ids' : undefined),
    run: discard,
  },
};

async function main(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(help);
  const { command, values } = parseCommand(args);
  const filter = parseFilter(values);
  const { RABBITMQ_URL: urls } = parseEnv(appEnv('gateway').pick({ RABBITMQ_URL: true }), process.env);
  await DeadLetters.use({ urls, name: `dead letters of process ${process.pid}`, patience: PATIENCE }, (deadLetters) =>
    command.run(deadLetters, values, filter),
  );
}

function parseCommand(args: string[]): { command: Command; values: Values } {
  const { positionals, values } = parse(args);
  const [name = '', ...rest] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`say one of ${Object.keys(commands).join(', ')}; see --help`);
  if (name === 'show') values.id ??= rest.shift();
  if (rest.length > 0) throw new UsageError(`'${oneLine(rest[0]!)}' is too much; see --help`);
  const strange = (Object.keys(values) as Option[]).find((option) => !command.takes.includes(option));
  const problem = strange ? `${name} takes no --${strange}; see --help` : command.check?.(values, values.id);
  if (problem) throw new UsageError(problem);
  return { command, values };
}

function parse(args: string[]): { positionals: string[]; values: Values } {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

function parseFilter({ service, type, reason, id }: Values): DeadLetterFilter {
  const { data, error } = DeadLetterFilter.safeParse({ service, type, reason, id });
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
  throw new UsageError(problems.join('; '));
}

async function list(deadLetters: DeadLetters, { each, json }: Values, filter: DeadLetterFilter): Promise<void> {
  if (each) {
    await deadLetters.each(filter, (letter) => {
      const summary = letter.summary();
      print(json ? JSON.stringify(summary) : oneLine(Object.values(lineOf(summary)).join('  ')));
    });
    return;
  }
  const groups = await deadLetters.groups(filter);
  if (json) print(JSON.stringify(groups, undefined, 2));
  else print(groups.length === 0 ? 'no dead letters' : tableOf(groups));
}

type Summary = ReturnType<Parameters<Parameters<DeadLetters['each']>[1]>[0]['summary']>;
const lineOf = ({ id, failedAt, service, type, reason, error }: Summary) => ({
  id,
  at: failedAt ?? 'no time known           ',
  service,
  type,
  reason,
  error: error.slice(0, 120),
});

async function show(deadLetters: DeadLetters, { json }: Values, { id, service }: DeadLetterFilter): Promise<void> {
  const letters = await deadLetters.find(id!, service);
  if (json) print(JSON.stringify(letters, undefined, 2));
  else print(letters.map(story).join('\n\n'));
}

async function redrive(deadLetters: DeadLetters, values: Values, filter: DeadLetterFilter): Promise<void> {
  const counts = { redriven: 0, 'would-redrive': 0, kept: 0 };
  await deadLetters.redrive(filter, {
    dryRun: values['dry-run'] ?? false,
    onResult: (result) => {
      counts[result.outcome] += 1;
      const { id, service, type, outcome, detail } = result;
      const line = `${outcome.replace('-', ' ')}  ${id}  ${service}  ${type}${detail ? `: ${detail}` : ''}`;
      print(values.json ? JSON.stringify(result) : oneLine(line));
    },
  });
  if (!values.json) {
    const sent = values['dry-run'] ? `${counts['would-redrive']} would be redriven` : `${counts.redriven} redriven`;
    print(`${sent}, ${counts.kept} kept`);
  }
  if (counts.kept > 0) process.exitCode = 2;
}

async function discard(deadLetters: DeadLetters, _: Values, { id, service }: DeadLetterFilter): Promise<void> {
  const { id: own, service: its } = await deadLetters.discard(id!, service, (letter) => print(story(letter)));
  print(`\ndiscarded ${own} of ${its}`);
}

const print = (text: string): void => void process.stdout.write(`${printable(text)}\n`);

/** Mistakes of the user and states of the world are one line; anything else is a bug and shows where it is. */
const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const expected = [UsageError, DeadLetterError, EnvironmentError].some((kind) => error instanceof kind);
  return expected || 'code' in error ? error.message || String((error as { code?: unknown }).code) : `${error.stack}`;
};

// Whoever reads us may have seen enough (`| head`).
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`dead-letters: ${printable(explain(error))}\n`);
  process.exitCode = 1;
});
