/** What the process takes: memory, processor time, delays of its event loop. */
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { VERSION } from '../../product.ts';
import type { MetricSource } from './metrics.ts';

/**
 * How often the delay of the event loop is measured, in milliseconds. Each time wakes an idle
 * process. Delays that are longer than this are always seen.
 */
const DELAY_EVERY_MS = 250;

type Name =
  | 'process_start_time_seconds'
  | 'process_cpu_seconds_total'
  | 'process_resident_memory_bytes'
  | 'heap_used_bytes'
  | 'heap_size_bytes'
  | 'external_memory_bytes'
  | 'event_loop_delay_mean_seconds'
  | 'event_loop_delay_max_seconds'
  | 'event_loop_busy_ratio';

export class ProcessFigures {
  #delays: ReturnType<typeof monitorEventLoopDelay> | undefined;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();

  start(): void {
    this.#delays = monitorEventLoopDelay({ resolution: DELAY_EVERY_MS });
    this.#delays.enable();
  }

  stop(): void {
    this.#delays?.disable();
  }

  source(product: string): MetricSource<Name | 'build_info'> {
    const gauge = (help: string) => ({ type: 'gauge', help }) as const;
    const build = { product, version: VERSION, node: process.version };
    return {
      name: 'process',
      labels: Object.keys(build),
      metrics: {
        build_info: gauge('Always 1; the labels say what runs'),
        process_start_time_seconds: gauge('When the process started, since 1970'),
        process_cpu_seconds_total: { type: 'counter', help: 'Processor time, of user and system' },
        process_resident_memory_bytes: gauge('Memory of the process that is in RAM'),
        heap_used_bytes: gauge('Heap of JavaScript that objects take'),
        heap_size_bytes: gauge('Heap of JavaScript that is reserved'),
        external_memory_bytes: gauge('Memory of buffers outside of the heap'),
        event_loop_delay_mean_seconds: gauge('Mean delay of the event loop since the last reading'),
        event_loop_delay_max_seconds: gauge('Longest delay of the event loop since the last reading'),
        event_loop_busy_ratio: gauge('Share of the time that the event loop was busy since the last reading'),
      },
      read: () => [{ labels: build, values: { build_info: 1 } }, { values: this.#figures() }],
    };
  }

  #figures(): Record<Name, number | null> {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#loop = loop;
    return {
      process_start_time_seconds: performance.timeOrigin / 1_000,
      process_cpu_seconds_total: (user + system) / 1e6,
      process_resident_memory_bytes: rss,
      heap_used_bytes: heapUsed,
      heap_size_bytes: heapTotal,
      external_memory_bytes: external,
      ...this.#delay(),
      event_loop_busy_ratio: utilization,
    };
  }

  /** Node records the whole time between two measurements. */
  #delay() {
    const { count = 0, mean = 0, max = 0 } = this.#delays ?? {};
    this.#delays?.reset();
    const secondsOf = (nanoseconds: number) =>
      count === 0 ? null : Math.max(0, nanoseconds / 1e9 - DELAY_EVERY_MS / 1_000);
    return {
      event_loop_delay_mean_seconds: secondsOf(mean),
      event_loop_delay_max_seconds: secondsOf(max),
    };
  }
}
