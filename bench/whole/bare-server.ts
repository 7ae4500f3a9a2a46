/**
 * B4: the least that answers `GET /tasks?assignee=…&limit=20` with the same rows: node:http, a pool
 * and one prepared statement. A process of its own. The arguments are the URL of the database of
 * tasks and the assignee. Prints its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

const POOL_SIZE = 10;
const LIMIT = 20;
const [, , connectionString = '', assignee = ''] = process.argv;

const pool = new pg.Pool({ connectionString, max: POOL_SIZE });

/** Open and done tasks have an index each, so the newest of both are merged. */
const newest = (status: string) =>
  `(SELECT * FROM task WHERE status = '${status}' AND assignee_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)`;
const nameOf = (column: string) => `(SELECT name FROM user_copy WHERE id = ${column})`;
const STATEMENT = {
  name: 'list',
  text: `SELECT id, title, external_id AS "externalId", description, status,
      json_build_object('id', assignee_id, 'name', ${nameOf('assignee_id')}) AS assignee,
      json_build_object('id', created_by_id, 'name', coalesce(${nameOf('created_by_id')}, created_by_name)) AS "createdBy",
      created_at AS "createdAt", completed_at AS "completedAt", version
    FROM (${newest('open')} UNION ALL ${newest('done')}) AS listed
    ORDER BY created_at DESC, id DESC LIMIT $2`,
};

const server = createServer((_request, response) => {
  // The additional row shows whether there is a next page.
  pool.query({ ...STATEMENT, values: [assignee, LIMIT + 1] }).then(
    ({ rows }) => {
      const items = rows.slice(0, LIMIT);
      const nextCursor = rows.length > LIMIT ? items.at(-1)?.id : null;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ items, nextCursor }));
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
