// @ts-check
import { findExecutable } from './executables.mjs';

const packageManagers = [
  { program: 'brew', command: 'brew install rabbitmq' },
  { program: 'apt-get', command: 'sudo apt-get install rabbitmq-server' },
  { program: 'dnf', command: 'sudo dnf install rabbitmq-server' },
  { program: 'zypper', command: 'sudo zypper install rabbitmq-server' },
  { program: 'pacman', command: 'sudo pacman -S rabbitmq' },
];

/** What to do on this system to have a RabbitMQ, in one line. */
export async function installHint() {
  const install = await systemCommand();
  const choices = [install && `run \`${install}\``, 'start Docker', 'set RABBITMQ_URL to a broker you have'];
  const text = choices.filter(Boolean).join(', or ');
  return `${text[0]?.toUpperCase()}${text.slice(1)}; then try again.`;
}

async function systemCommand() {
  for (const { program, command } of packageManagers) {
    if (await findExecutable([program])) return command;
  }
  return undefined;
}
