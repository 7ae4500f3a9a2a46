/**
 * Whether the owner of the accounts is away, as this node sees it (AUTH-7). It is asked only when
 * somebody shows an expired token, so it costs nothing while people refresh their tokens.
 */
import type { ServiceBroker } from 'moleculer';
import { runOutOfScope } from '#mixins/call-scope.ts';
import { registryOf } from '#mixins/registry.ts';
import { isProblem, isUnanswered } from '#schemas/errors.ts';

/**
 * The owner's action, without its service: it answers whether tokens can be refreshed now. Each
 * node may call it.
 */
export const REFRESHABLE_ACTION = 'identity.refreshable';
/** An owner that does not answer within this many milliseconds counts as away. */
const ASK_TIMEOUT_MS = 2_000;
/** How long an answer is used, in milliseconds. So a flood of expired tokens costs few calls. */
const FRESH_MS = 1_000;

export class OwnerWatch {
  readonly #broker: ServiceBroker;
  #asking: Promise<boolean> | undefined;

  constructor(broker: ServiceBroker) {
    this.#broker = broker;
  }

  /**
   * Whether tokens can't be refreshed: no node of the owner can be reached, or none can refresh, as
   * when its database is away. Never throws.
   */
  isAway(): Promise<boolean> {
    // The deadline of the request that asks first must not end the question for the others.
    this.#asking ??= runOutOfScope(() => this.#askOnce());
    return this.#asking;
  }

  async #askOnce(): Promise<boolean> {
    try {
      return await this.#ask();
    } finally {
      setTimeout(() => {
        this.#asking = undefined;
      }, FRESH_MS).unref();
    }
  }

  async #ask(): Promise<boolean> {
    const registry = registryOf(this.#broker);
    const action = registry.actions().find((name) => name.endsWith(`.${REFRESHABLE_ACTION}`));
    if (action === undefined) return true;
    try {
      return !(await this.#broker.call<boolean, object>(action, {}, { timeout: ASK_TIMEOUT_MS }));
    } catch (error) {
      // Any other error is a bug, and no reason to accept expired tokens.
      return isUnanswered(error) || isProblem(error, 'service_unavailable');
    }
  }
}
