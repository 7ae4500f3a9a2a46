/**
 * Sends spans to a collector by OTLP over HTTP, with the libraries of OpenTelemetry. They take
 * 170 ms and 25 MB to load (measured), so this file is loaded only where traces are on.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Span } from 'moleculer';
import { type OtlpResource, otlpSpan } from './otlp-span.ts';
import type { Attributes } from './traces.ts';

export interface OtlpOptions {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`, to whose path `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of all services of the node. */
  readonly resource: Attributes;
}

/** How long a batch may take with its repetitions, in milliseconds. */
const TIMEOUT_MS = 5_000;

export class OtlpClient {
  readonly #exporter: OTLPTraceExporter;
  readonly #common: Attributes;
  /** By service. */
  readonly #resources = new Map<string, OtlpResource>();

  constructor({ endpoint, headers, resource }: OtlpOptions) {
    this.#common = resource;
    this.#exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: { ...headers },
      timeoutMillis: TIMEOUT_MS,
      concurrencyLimit: 1,
    });
  }

  /** Rejects if the collector did not take the spans. It repeats what a repetition may mend. */
  send(spans: readonly Span[]): Promise<void> {
    const batch = spans.map((span) => otlpSpan(span, this.#resourceOf(span.service.name)));
    return new Promise((resolve, reject) => {
      this.#exporter.export(batch, ({ error, code }) => {
        if (code === 0) resolve();
        else reject(error ?? new Error('The collector did not take the spans'));
      });
    });
  }

  /** Each service is one for the collector, also where several share a process. */
  #resourceOf(service: string): OtlpResource {
    let resource = this.#resources.get(service);
    if (resource === undefined) {
      resource = resourceFromAttributes({ ...this.#common, 'service.name': service });
      this.#resources.set(service, resource);
    }
    return resource;
  }
}
