/** Canaries: secrets that can be recognised in any place and form. */
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'nats';
import pg from 'pg';
import type { Config } from '../config.ts';

/** Secrets by their purpose. None of them occurs by chance. */
export function canary(what: string): string {
  return `Canary${what}${randomBytes(9).toString('hex')}`;
}

/**
 * The text in base64 for each of its three alignments, without characters that it shares with
 * neighbours.
 */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(' '.repeat(shift) + text)
      .toString('base64')
      .replaceAll('=', '');
    return encoded.slice(Math.ceil((shift * 4) / 3), -1);
  });
}

/**
 * The texts to look for. A fast hash of a beak counts as the beak, because it helps to guess it.
 */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = base64Forms(secret);
  return [
    secret,
    bytes.toString('hex'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...['sha256', 'sha1', 'md5'].map((hash) => createHash(hash).update(bytes).digest('hex')),
  ];
}

export type Needles = ReadonlyMap<string, string>;

/** A text to look for, and the secret of which it is a form. */
export function needlesOf(secrets: Readonly<Record<string, string>>): Needles {
  return new Map(
    Object.entries(secrets).flatMap(([what, secret]) => formsOf(secret).map((form) => [form, what])),
  );
}

export function hitsIn(place: string, text: string, needles: Needles): string[] {
  return [...needles].flatMap(([form, what]) => (text.includes(form) ? [`${what} in ${place}`] : []));
}

/**
 * Searches every row of every table of a namespace's databases. `exempt` names tables to skip:
 * `<database without the namespace>.<table>`.
 */
export async function hitsInDatabases(
  config: Config,
  needles: Needles,
  exempt: (table: string, what: string) => boolean,
): Promise<string[]> {
  const hits: string[] = [];
  await using server = await connectTo(config.databaseUrl ?? '');
  const databases = await server.rows<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [`${config.namespace}_`],
  );
  for (const { name } of databases) {
    const url = new URL(config.databaseUrl ?? '');
    url.pathname = `/${name}`;
    await using service = await connectTo(url.href);
    const tables = await service.rows<{ name: string }>(
      `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    for (const table of tables) {
      // Bytes stand in a row's text in hex, which is one of the forms.
      const found = await service.rows<{ form: string }>(
        `SELECT DISTINCT form FROM ${table.name} AS line, unnest($1::text[]) AS form WHERE strpos(line::text, form) > 0`,
        [[...needles.keys()]],
      );
      const place = `${name.slice(config.namespace.length + 1)}.${table.name}`;
      const whats = found.map(({ form }) => needles.get(form) ?? form);
      hits.push(...whats.filter((what) => !exempt(place, what)).map((what) => `${what} in ${place}`));
    }
  }
  return hits;
}

async function connectTo(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    rows: async <Row extends object>(sql: string, bind: unknown[] = []) =>
      (await client.query(sql, bind)).rows as Row[],
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Looks through every message of every stream and bucket of a namespace. */
export async function hitsInStreams(config: Config, needles: Needles): Promise<string[]> {
  const url = new URL(config.natsUrls[0] ?? '');
  const connection = await connect({ servers: url.host, user: url.username, pass: url.password });
  try {
    const manager = await connection.jetstreamManager();
    const hits: string[] = [];
    for await (const { config: stream, state } of manager.streams.list()) {
      const name = stream.name.replace(/^KV_/, '');
      if (!name.startsWith(`${config.namespace}_`)) continue;
      for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
        const message = await manager.streams.getMessage(stream.name, { seq }).catch(() => null);
        if (message === null) continue;
        const text =
          Buffer.from(message.data).toString('latin1') + [...(message.header ?? [])].flat(2).join(' ');
        hits.push(
          ...hitsIn(`${name.slice(config.namespace.length + 1)}/${seq} ${message.subject}`, text, needles),
        );
      }
    }
    return hits;
  } finally {
    await connection.close();
  }
}
