/**
 * Starts and stops the parts of a service in one order, wherever their mixins stand in its list:
 * - start: the database, the outbox, `started` of the service and of other mixins, the consumers;
 * - stop: the consumers, `stopped` of the service and of other mixins, the outbox and other loops
 *   that still run, the database.
 */
import type { Middleware, Service } from 'moleculer';

/** A mixin defines the hooks of its part as methods. */
export interface LifecycleHooks {
  openDatabase?(): Promise<void>;
  closeDatabase?(): Promise<void>;
  startOutbox?(): void;
  startConsumers?(): void;
  stopConsumers?(): Promise<void>;
}

export function lifecycleMiddleware(): Middleware {
  return {
    name: 'Lifecycle',
    async serviceStarting(service: Service & LifecycleHooks) {
      await service.openDatabase?.();
      service.startOutbox?.();
    },
    async serviceStarted(service: Service & LifecycleHooks) {
      service.startConsumers?.();
    },
    async serviceStopping(service: Service & LifecycleHooks) {
      await service.stopConsumers?.();
    },
    async serviceStopped(service: Service & LifecycleHooks) {
      await service.closeDatabase?.();
    },
  };
}
