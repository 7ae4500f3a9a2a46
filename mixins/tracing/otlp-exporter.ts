/** Moleculer has no exporter for OTLP: this one gives ended spans to OpenTelemetry's. */
import { type Span, type Tracer, TracerExporters } from 'moleculer';
import type { Log } from '#mixins/log.ts';
import { Outage } from '#mixins/outage.ts';
import type { OtlpClient, OtlpOptions } from './otlp.client.ts';
import { type BufferCounts, SpanBuffer } from './span-buffer.ts';

/** How long a node that stops waits for the collector, in milliseconds. */
const STOP_WITHIN_MS = 2_000;

export class OtlpExporter extends TracerExporters.Base {
  readonly #options: OtlpOptions;
  readonly #buffer: SpanBuffer<Span>;
  #client: Promise<OtlpClient> | undefined;
  #outage: Outage | undefined;

  constructor(options: OtlpOptions) {
    super({});
    this.#options = options;
    this.#buffer = new SpanBuffer({
      send: async (batch) => (await this.#load()).send(batch),
      onSent: (error) => (error === undefined ? this.#outage?.over() : this.#outage?.failed(error)),
    });
  }

  get counts(): BufferCounts {
    return this.#buffer.counts;
  }

  override init(tracer: Tracer): void {
    super.init(tracer);
    this.#outage = new Outage('Traces cannot be exported', this.logger as Log);
  }

  override spanFinished(span: Span): void {
    this.#buffer.add(span);
  }

  /** Also closes the tracer while the collector is away. */
  override stop(): Promise<void> {
    return this.#buffer.stop(STOP_WITHIN_MS);
  }

  #load(): Promise<OtlpClient> {
    this.#client ??= import('./otlp.client.ts').then(({ OtlpClient }) => new OtlpClient(this.#options));
    return this.#client;
  }
}
