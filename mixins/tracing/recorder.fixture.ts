/** Traces whose spans a test reads as Moleculer made them. */
import { ServiceBroker, type Span, TracerExporters } from 'moleculer';
import { Traces } from './traces.ts';

class Recorder extends TracerExporters.Base {
  readonly spans: Span[] = [];

  constructor() {
    super({});
  }

  override spanFinished(span: Span): void {
    this.spans.push(span);
  }
}

/** `spans` are those that have ended, in this order. */
export function recordTraces(): { readonly traces: Traces; readonly spans: readonly Span[] } {
  const exporter = new Recorder();
  const broker = new ServiceBroker({
    logger: false,
    tracing: { enabled: true, exporter: exporter as never },
  });
  return { traces: new Traces(broker.tracer), spans: exporter.spans };
}
