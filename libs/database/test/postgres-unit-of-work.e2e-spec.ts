import { describe } from 'vitest';
import { PostgresUnitOfWork } from '../src/postgres-unit-of-work.js';
import { unitOfWorkContract } from './contract/contract.js';
import { PostgresDatabase } from './postgres-database.js';

describe(PostgresUnitOfWork.name, () => {
  unitOfWorkContract((limits) => PostgresDatabase.open(limits));
});
