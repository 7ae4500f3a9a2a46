/**
 * A process that seals a journal, for tests that kill it. It takes two postings a block, to have
 * many steps: `<database URL> <namespace>`.
 */
import { readConfig } from '../../../config.ts';
import { connectBooks } from '../days/days.fixture.ts';
import { sealAll } from './seal.fixture.ts';

const [databaseUrl, namespace] = process.argv.slice(2);
const { database } = await connectBooks(readConfig({ DATABASE_URL: databaseUrl, NAMESPACE: namespace }));
for (;;) {
  await sealAll(database, 2);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
