import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { dropNamespace, testConfig } from '../harness/config.ts';
import { testServers } from '../harness/servers.ts';
import { ADMIN_BEAK, startSystem } from '../harness/system.ts';

/** The shell blocks of the README's worked session, as written. */
function workedSession(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const session = /<!-- session:[\s\S]*?<!-- \/session -->/.exec(readme)?.[0] ?? '';
  return [...session.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
}

describe('the worked session of the README', () => {
  it('runs as written', async () => {
    const config = testConfig();
    const system = await startSystem({ ...testServers(), namespace: config.namespace });
    try {
      const shell = spawn('bash', ['-euo', 'pipefail', '-c', workedSession()], {
        env: { ...process.env, NODE_OPTIONS: '', API: system.api, ADMIN_BEAK },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [shell.stdout, shell.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      const [code] = await once(shell, 'exit');
      expect({ code, output }).toMatchObject({ code: 0 });
      expect(output).toContain('"title":"Wash the cage"');
      expect(output).toContain('"kind":"reward"');
      expect(output).toContain('"status":"completed"');
    } finally {
      await system.stop();
      await dropNamespace(config);
    }
  }, 120_000);
});
