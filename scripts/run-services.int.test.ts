import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { testConfig } from '../test/harness/config.ts';
import { until } from '../test/harness/wait.ts';
import { COMPILE_CACHE } from './compile-cache.mjs';

const SCRIPT = fileURLToPath(new URL('./run-services.ts', import.meta.url));
const TELLER = fileURLToPath(new URL('./run-services.fixture.ts', import.meta.url));

/**
 * Each of them changes an option of the broker, or what the runner runs, where it reaches the
 * runner.
 */
const HOSTILE = {
  VALIDATOR: 'false',
  LOGGER: 'false',
  TRANSPORTER: 'TCP',
  CACHER: 'Memory',
  REQUESTTIMEOUT: '1',
  HEARTBEATTIMEOUT: '1',
  MAXCALLLEVEL: '1',
  DISABLEBALANCER: 'false',
  INTERNALSERVICES: 'true',
  TRACKING_ENABLED: 'false',
  RETRYPOLICY_ENABLED: 'true',
  METADATA_CANARY: '1',
  NODEID: 'somebody-else',
  MOL_NODE_ID: 'somebody-else',
  MOL_VALIDATOR: 'false',
  MOL_LOGGER: 'false',
  MOL_REQUEST_TIMEOUT: '1',
  MOL_METADATA__CANARY: '1',
  MOLECULER_CONFIG: '/dev/null',
  SERVICES: 'nobody',
  SERVICEDIR: '/',
  PGOPTIONS: '-c statement_timeout=1',
  PGSSLMODE: 'require',
  NODE_PG_FORCE_NATIVE: '1',
  DEBUG: '*',
};

interface Told {
  readonly options: Readonly<Record<string, unknown>>;
  readonly classes: Readonly<Record<string, string>>;
  readonly variables: readonly string[];
}

function run(environment: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT, TELLER], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    encoding: 'utf8',
  });
}

function tell(environment: Readonly<Record<string, string>>): Told {
  const { stdout, stderr } = run(environment);
  const line = stdout.split('\n').find((each) => each.startsWith('{"options"'));
  if (line === undefined) throw new Error(`It told nothing: ${stdout}${stderr}`);
  return JSON.parse(line) as Told;
}

describe('a node whose environment names options of the framework', () => {
  const config = testConfig();
  // "true" is a namespace like any other; the runner would make a boolean of it.
  const declared = { NATS_URL: config.natsUrls.join(), NAMESPACE: 'true', LOG_LEVEL: 'error' };
  let plain: Told;
  let attacked: Told;
  beforeAll(() => {
    plain = tell(declared);
    attacked = tell({ ...declared, ...HOSTILE });
  });

  it('G25: has the same options as without them', () => {
    const { nodeID, ...options } = attacked.options;
    const { nodeID: _, ...expected } = plain.options;
    expect(options).toEqual(expected);
    expect(nodeID).toMatch(/-\d+-[0-9a-f]{4}$/);
    expect(attacked.classes).toEqual({
      logger: 'TextLogger',
      reporter: 'TextReporter',
      transporter: 'NatsTransporter',
      validator: 'FastestValidator',
    });
    expect(options).toMatchObject({ namespace: 'true', requestTimeout: 5_000 });
  });

  it('G25: passes services only variables of the system, and no secret', () => {
    expect(attacked.variables).toEqual(['NODE_COMPILE_CACHE', 'PATH']);
  });
});

describe('a node whose environment is wrong', () => {
  it('G25: names the wrong variable, and ends', () => {
    const { status, stdout, stderr } = run({ LOG_LEVEL: 'loud', LOGGER: 'false' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^LOG_LEVEL is "loud", but should be one of .*\n$/);
  });
});

describe('a node that must end while it waits for a server', () => {
  const { namespace, natsUrls } = testConfig();
  const away = {
    database: {
      NATS_URL: natsUrls.join(),
      DATABASE_URL: 'postgresql://postgres:secret@127.0.0.1:1/postgres',
    },
    NATS: {
      NATS_URL: 'nats://127.0.0.1:1',
      DATABASE_URL: 'postgresql://postgres:secret@127.0.0.1:1/postgres',
    },
  };

  it.each([
    ['database', /can't be prepared yet/],
    ['NATS', /./],
  ] as const)('G26: ends without an error (%s)', async (server, waits) => {
    const service = fileURLToPath(new URL('../services/audit/audit.service.ts', import.meta.url));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT, service], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        NAMESPACE: namespace,
        ...away[server],
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    await until(() => waits.test(output));
    output = '';
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    expect({ code, output }).toEqual({ code: 0, output: expect.not.stringMatching(/error|\n\s+at /i) });
  });
});
