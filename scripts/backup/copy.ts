/**
 * COPY between a connection and streams. The driver pg has no COPY of its own, but passes its
 * messages to the query that is running.
 */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type pg from 'pg';

/**
 * Rows are joined to chunks of this size, in bytes. A chunk for each row would cost more than COPY.
 */
const CHUNK_BYTES = 64 * 1024;

/** The methods of the driver's connection that COPY needs. Its types leave them out. */
interface CopyConnection {
  readonly stream: Socket;
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** What the driver calls for the messages of a query. */
interface Handlers {
  submit(connection: CopyConnection): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleCopyInResponse?(connection: CopyConnection): void;
  handleCopyData?(message: { readonly chunk: Buffer }): void;
}

function send(client: pg.Client, handlers: Handlers): void {
  client.query(handlers as unknown as pg.Submittable);
}

/** `COPY 42` */
const rowsIn = (tag: string) => Number(tag.split(' ')[1] ?? 0);

export interface CopiedRows {
  readonly data: Readable;
  /** The number of rows. Only defined once `data` has ended. */
  readonly rows: number;
}

/** The output of `COPY … TO STDOUT`. The server waits for a slow reader. */
export function copyOut(client: pg.Client, sql: string): CopiedRows {
  let socket: Socket | undefined;
  let waiting: Buffer[] = [];
  let bytes = 0;
  let rows = 0;
  const data = new Readable({ highWaterMark: 4 * CHUNK_BYTES, read: () => void socket?.resume() });
  const flush = () => {
    const chunk = Buffer.concat(waiting);
    [waiting, bytes] = [[], 0];
    if (!data.push(chunk)) socket?.pause();
  };
  send(client, {
    submit(connection) {
      socket = connection.stream;
      connection.query(sql);
    },
    handleCopyData({ chunk }) {
      // The driver uses the memory of a message again.
      waiting.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes >= CHUNK_BYTES) flush();
    },
    handleCommandComplete({ text }) {
      rows = rowsIn(text);
    },
    handleReadyForQuery() {
      if (bytes > 0) flush();
      // Later queries need the socket as well.
      socket?.resume();
      data.push(null);
    },
    handleError: (error) => void data.destroy(error),
  });
  return {
    data,
    get rows() {
      return rows;
    },
  };
}

/**
 * Sends the source to `COPY … FROM STDIN`. Returns the number of rows. Where the source fails, the
 * server drops the statement, and this throws the error of the source.
 */
export function copyIn(client: pg.Client, sql: string, source: AsyncIterable<Buffer>): Promise<number> {
  return new Promise((resolve, reject) => {
    let rows = 0;
    let isOver = false;
    let reason: unknown;
    async function feed(connection: CopyConnection): Promise<void> {
      const { stream } = connection;
      try {
        for await (const chunk of source) {
          if (isOver) return;
          connection.sendCopyFromChunk(chunk);
          if (stream.writableNeedDrain) await drained(stream);
        }
        connection.endCopyFrom();
      } catch (error) {
        reason = error;
        connection.sendCopyFail('The source failed');
      }
    }
    send(client, {
      submit: (connection) => connection.query(sql),
      handleCopyInResponse: (connection) => void feed(connection),
      handleCommandComplete({ text }) {
        rows = rowsIn(text);
      },
      handleReadyForQuery: () => resolve(rows),
      handleError(error) {
        isOver = true;
        reject(reason ?? error);
      },
    });
  });
}

/** Resolves when the socket takes more, or is closed. Then the driver reports the loss. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}
