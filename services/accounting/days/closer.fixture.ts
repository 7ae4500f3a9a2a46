/**
 * A process that closes days, for tests that kill it or change its clock. It takes one account a
 * chunk, to have many steps: `node closer.fixture.ts <database URL> <namespace> <milliseconds its
 * clock is off>`. It writes a line for each pass.
 */
import { calendarOf } from '#mixins/calendar.ts';
import { Loop } from '#mixins/loops/loop.ts';
import { Outage } from '#mixins/outage.ts';
import { readConfig } from '../../../config.ts';
import { sealAll } from '../seal/seal.fixture.ts';
import { connectBooks } from './days.fixture.ts';
import { openDaysInTime } from './open-day.handler.ts';
import { closeOnce } from './settle-day.handler.ts';

const [databaseUrl, namespace, offsetMs = '0'] = process.argv.slice(2);

const RealDate = Date;
const off = () => RealDate.now() + Number(offsetMs);
globalThis.Date = class extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [off()] : given) as [number]));
  }
  static override now = off;
} as typeof Date;

const config = readConfig({ DATABASE_URL: databaseUrl, NAMESPACE: namespace });
const { database } = await connectBooks(config);
const print = (line: string) => void process.stderr.write(`${line}\n`);
new Loop({
  name: 'close',
  runOnce: async () => {
    await openDaysInTime(database, calendarOf(config));
    const { outcome } = await closeOnce(database, config, 1);
    process.stdout.write(`${outcome}\n`);
    if (outcome === 'waiting') await sealAll(database);
    return outcome === 'settled' || outcome === 'closed';
  },
  outage: new Outage('The close of a day fails', { info: print, warn: print }),
  pollMs: 20,
}).start();
