/**
 * A further node of the bench `accounting`. It begins to book at the first line of its input, and
 * ends with its input. The argument is the namespace.
 */
import { once } from 'node:events';
import { testConfig } from '../../test/harness/config.ts';
import { startBooking } from '../accounting.ts';

const [, , namespace = ''] = process.argv;
await once(process.stdin, 'data');
const ended = once(process.stdin, 'end');
const node = await startBooking(testConfig({ namespace }), true);
await ended;
await node.stop();
process.exit();
