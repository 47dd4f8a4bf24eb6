import type { DeadLetterSummary, RedriveResult } from '#contracts';
import { DeadLetterError, DeadLetters } from '#messaging';
import { appEnv, EnvironmentError, parseEnv } from '#service';
import { UsageError } from '../lib/command-line.js';
import type { Command } from './arguments.js';
import { oneLine, printable, story, tableOf } from './text.js';

/** How long to wait for another operator, in milliseconds. */
const PATIENCE = 30_000;

/** What redrive ends with when some were kept. */
const SOME_KEPT = 2;

type Run = (deadLetters: DeadLetters, command: Command) => Promise<void>;

/** @throws UsageError that tells what is wrong with the environment, or with what was asked for */
export async function execute(command: Command): Promise<void> {
  try {
    const { RABBITMQ_URL: urls } = parseEnv(appEnv('gateway').pick({ RABBITMQ_URL: true }), process.env);
    const name = `dead letters of process ${process.pid}`;
    await DeadLetters.use({ urls, name, patience: PATIENCE }, (deadLetters) =>
      runs[command.name](deadLetters, command),
    );
  } catch (error) {
    const expected = error instanceof DeadLetterError || error instanceof EnvironmentError;
    throw expected ? new UsageError(oneLine(error.message)) : error;
  }
}

const list: Run = async (deadLetters, { each, json, filter }) => {
  if (each) {
    await deadLetters.each(filter, (letter) => {
      const summary = letter.summary();
      print(json ? JSON.stringify(summary) : lineOf(summary));
    });
    return;
  }
  const groups = await deadLetters.groups(filter);
  if (json) print(JSON.stringify(groups, undefined, 2));
  else print(groups.length === 0 ? 'no dead letters' : tableOf(groups));
};

const show: Run = async (deadLetters, { json, filter }) => {
  const letters = await deadLetters.find(filter.id!, filter.service);
  print(json ? JSON.stringify(letters, undefined, 2) : letters.map(story).join('\n\n'));
};

const redrive: Run = async (deadLetters, { dryRun, json, filter }) => {
  const counts = { redriven: 0, 'would-redrive': 0, kept: 0 };
  const onResult = (result: RedriveResult): void => {
    counts[result.outcome] += 1;
    print(json ? JSON.stringify(result) : resultLineOf(result));
  };
  await deadLetters.redrive(filter, { dryRun, onResult });
  const sent = dryRun ? `${counts['would-redrive']} would be redriven` : `${counts.redriven} redriven`;
  if (!json) print(`${sent}, ${counts.kept} kept`);
  if (counts.kept > 0) process.exitCode = SOME_KEPT;
};

const discard: Run = async (deadLetters, { filter }) => {
  const { id, service } = await deadLetters.discard(filter.id!, filter.service, (letter) => print(story(letter)));
  print(`\ndiscarded ${id} of ${service}`);
};

const runs: Record<Command['name'], Run> = { list, show, redrive, discard };

const lineOf = ({ id, failedAt, service, type, reason, error }: DeadLetterSummary): string =>
  oneLine([id, failedAt ?? 'at no known time', service, type, reason, error.slice(0, 120)].join('  '));

const resultLineOf = ({ outcome, id, service, type, detail }: RedriveResult): string =>
  oneLine(`${outcome.replace('-', ' ')}  ${id}  ${service}  ${type}${detail ? `: ${detail}` : ''}`);

const print = (text: string): void => void process.stdout.write(`${printable(text)}\n`);
