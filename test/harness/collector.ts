/**
 * A collector of traces in the test's process: a server that takes OTLP over HTTP. It reads
 * Protocol Buffers by itself, so it does not share the mistakes of the libraries that wrote them.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A span as it arrived. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unknown';
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Attributes of the service's process. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly startMs: number;
  readonly endMs: number;
  readonly hasFailed: boolean;
}

const KINDS = ['unknown', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_ERROR = 2n;

export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** The headers of all requests. */
  readonly requests: IncomingMessage['headers'][] = [];
  /** All bodies, as they came. */
  readonly bodies: Buffer[] = [];
  /** The status of its answers. Spans that are not taken are not kept. */
  status = 200;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Collector> {
    const server = createServer((req, res) => {
      void collector.#take(req).then((status) => res.writeHead(status).end());
    });
    const collector = new Collector(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  of(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #take(req: IncomingMessage): Promise<number> {
    const body = await buffer(req);
    this.requests.push(req.headers);
    this.bodies.push(body);
    const isOurs = req.method === 'POST' && req.url === '/v1/traces';
    if (!isOurs || req.headers['content-type'] !== 'application/x-protobuf') return 404;
    if (this.status === 200) this.spans.push(...spansIn(body));
    return this.status;
  }
}

type Field = bigint | Buffer;
/** The values of a message, by the numbers of its fields. */
type Message = ReadonlyMap<number, readonly Field[]>;

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

function readMessage(bytes: Buffer): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes.readUInt8(at++));
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    let value: Field;
    if (wire === WIRE.varint) value = varint();
    else if (wire === WIRE.bytes) value = take(Number(varint()));
    else if (wire === WIRE.fixed64) value = take(8);
    else if (wire === WIRE.fixed32) value = take(4);
    else throw new Error(`Not a wire type: ${wire}`);
    const number = tag >> 3;
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
}

const bytesOf = (message: Message, field: number) => (message.get(field)?.[0] ?? Buffer.alloc(0)) as Buffer;
const messagesOf = (message: Message, field: number) =>
  (message.get(field) ?? []).map((each) => readMessage(each as Buffer));
const textOf = (message: Message, field: number) => bytesOf(message, field).toString();
const hexOf = (message: Message, field: number) => bytesOf(message, field).toString('hex');
const msOf = (message: Message, field: number) => Number(bytesOf(message, field).readBigUInt64LE()) / 1e6;

/** Numbers of fields are those of opentelemetry/proto/trace/v1/trace.proto. */
function spansIn(body: Buffer): CollectedSpan[] {
  return messagesOf(readMessage(body), 1).flatMap((ofResource) => {
    const [resource = {}] = messagesOf(ofResource, 1).map(attributesOf(1));
    const scopes = messagesOf(ofResource, 2);
    return scopes.flatMap((scope) => messagesOf(scope, 2).map((span) => spanOf(span, resource)));
  });
}

function spanOf(span: Message, resource: Readonly<Record<string, unknown>>): CollectedSpan {
  const [status] = messagesOf(span, 15);
  return {
    traceId: hexOf(span, 1),
    spanId: hexOf(span, 2),
    parentId: hexOf(span, 4),
    name: textOf(span, 5),
    kind: KINDS[Number(span.get(6)?.[0] ?? 0n)] ?? 'unknown',
    service: String(resource['service.name']),
    attributes: attributesOf(9)(span),
    resource,
    startMs: msOf(span, 7),
    endMs: msOf(span, 8),
    hasFailed: status?.get(3)?.[0] === STATUS_ERROR,
  };
}

/** The pairs of a field of a message. */
function attributesOf(field: number): (message: Message) => Record<string, unknown> {
  return (message) =>
    Object.fromEntries(
      messagesOf(message, field).map((pair) => {
        const [value = new Map()] = messagesOf(pair, 2);
        return [textOf(pair, 1), readValue(value)];
      }),
    );
}

function readValue(value: Message): unknown {
  if (value.has(1)) return textOf(value, 1);
  if (value.has(2)) return value.get(2)?.[0] === 1n;
  if (value.has(3)) return Number(value.get(3)?.[0]);
  return value.has(4) ? bytesOf(value, 4).readDoubleLE() : undefined;
}
