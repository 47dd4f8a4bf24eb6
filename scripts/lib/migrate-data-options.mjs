// @ts-check
import { sharingServices } from './database-urls.mjs';
import { UserError } from './errors.mjs';

/** @import { SharingService } from './database-urls.mjs' */
/** @typedef {{ service: SharingService, rest: string[] }} MigrateOptions `rest` is for the service's own command */

/**
 * @param {string[]} args
 * @returns {MigrateOptions | 'help'}
 */
export function parseMigrateOptions(args) {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) return 'help';
  const index = args.findIndex((arg) => arg === '--service' || arg.startsWith('--service='));
  const given = index < 0 ? undefined : (args[index]?.split('=')[1] ?? args[index + 1]);
  const service = sharingServices.find((name) => name === given);
  if (!service) throw new UserError(`Say whose data: --service ${sharingServices.join(', ')} (one of them).`);
  return { service, rest: args.toSpliced(index, args[index]?.includes('=') ? 1 : 2) };
}
