import { type Command, parseCommand } from './dead-letters/arguments.js';
import { printable } from './dead-letters/text.js';
import { explain, print } from './lib/command-line.js';

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
at worst a message is handled twice, which changes nothing. It ends with 1 when something went wrong, and redrive with 2
when some were kept. See docs/dead-letters.md.`;

async function main(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return print(help);
  const command: Command = parseCommand(args);
  // Only now: loading it takes long, and a mistake in the arguments is told at once.
  const { execute } = await import('./dead-letters/commands.js');
  await execute(command);
}

// Whoever reads us may have seen enough (`| head`).
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`dead-letters: ${printable(explain(error))}\n`);
  process.exitCode = 1;
});
