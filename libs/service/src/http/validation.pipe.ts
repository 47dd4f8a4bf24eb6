import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import type { ProblemError } from '#contracts';
import { ProblemException } from './problem.exception.js';

type Issue = { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined };

const places = { body: 'body', query: 'query', param: 'path', custom: 'body' } as const;
type Place = keyof typeof places;

/** Checks `@Body({ schema })`, `@Query({ schema })` and `@Param(name, { schema })`, and says where the input is wrong. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const { schema } = metadata;
    if (!schema) return value;
    this.stripProtoKeys(value);
    const result = await this.validate(value, schema);
    if (!result.issues) return result.value as T;
    throw invalid(result.issues, metadata);
  }
}

function invalid(issues: readonly Issue[], metadata: ArgumentMetadata): ProblemException {
  const place = places[metadata.type as Place];
  const errors: ProblemError[] = issues.slice(0, 20).map(({ message, path = [] }) => {
    const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
    // `@Param('postId')` hands over the value alone: its name is the path.
    const full = metadata.data ? [metadata.data, ...keys] : keys;
    return { in: place, pointer: full.map((key) => `/${escape(String(key))}`).join(''), detail: message };
  });
  const first = errors[0]!;
  const where = first.pointer ? `'${first.pointer.slice(1)}' in the ${place}` : `the ${place}`;
  return new ProblemException('validation-failed', `Mend ${where}: ${first.detail}.`, { errors });
}

/** RFC 6901, section 3. */
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
