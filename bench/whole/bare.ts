/** B4: the rate of bare-server.ts. */
import { fileURLToPath } from 'node:url';
import { databaseName } from '#mixins/names.ts';
import { until } from '../../test/harness/wait.ts';
import { urlOf } from './backlog.ts';
import { type LoadFigures, load } from './load.ts';
import { startProgram } from './programs.ts';
import type { Scene } from './scene.ts';

const SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url));

export async function measureBareServer({ system, people, amounts }: Scene): Promise<LoadFigures> {
  const database = urlOf(system.databaseUrl, databaseName(system.config.namespace, 'tasks'));
  const { child } = startProgram(process.execPath, [SERVER, database, people.mia.id]);
  let port = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    port += chunk.toString();
  });
  try {
    await until(() => port.endsWith('\n'), { what: 'the bare server to listen' });
    const url = `http://127.0.0.1:${port.trim()}`;
    await load({ url, duration: amounts.warmUpSeconds });
    return await load({ url, duration: amounts.loadSeconds });
  } finally {
    child.kill();
  }
}
