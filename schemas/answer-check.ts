/**
 * Compares the answers of an action with its contract. In tests every answer to a client is compared
 * (`CHECK_ANSWERS`).
 */
import type { ActionContract } from './action.ts';
import { problemsOf } from './general-problems.ts';
import type { HttpMessage } from './http-message.ts';
import { Validator } from './validator.ts';

/** An answer that the contract of its action does not declare: a bug of the service. */
export class UndeclaredAnswer extends Error {
  constructor({ action }: ActionContract, what: string) {
    super(`${action} answers with ${what}, which its contract does not declare`);
    this.name = 'UndeclaredAnswer';
  }
}

const validator = new Validator();

/** A broken rule of fastest-validator. Its message and its value may have data of clients. */
interface BrokenRule {
  readonly type: string;
  readonly field?: string;
  readonly actual?: unknown;
}

/** The check of one action. */
export class AnswerCheck {
  readonly #contract: ActionContract;
  readonly #problems: ReadonlySet<string>;
  #compiled: ((json: unknown) => true | BrokenRule[]) | undefined;

  constructor(contract: ActionContract) {
    this.#contract = contract;
    this.#problems = problemsOf(contract);
  }

  /**
   * Checks a result as the JSON that clients get, and the status that the handler has set. Throws
   * `UndeclaredAnswer`, which names the wrong fields and no values. Of a protocol's messages, only
   * the JSON of a success is declared.
   */
  checkResult(result: unknown, status: number = this.#contract.status): void {
    const { status: usual, otherStatus, protocol } = this.#contract;
    if (protocol !== undefined) {
      const message = result as HttpMessage;
      if (protocol === 'application/json' && message.status === usual)
        this.#checkJson(JSON.parse(message.body));
      return;
    }
    if (status !== usual && status !== otherStatus) this.#refuse(`the status ${status}`);
    this.#checkJson(JSON.parse(JSON.stringify(result ?? null)));
  }

  #checkJson(json: unknown): void {
    const { answer } = this.#contract;
    if (answer === null) {
      if (json !== null) this.#refuse('a body');
      return;
    }
    this.#compiled ??= compile(answer);
    const broken = this.#compiled(json);
    if (broken !== true) this.#refuse(broken.flatMap(faultsOf).join(', '));
  }

  /** Checks the code of a problem. Throws `UndeclaredAnswer`. */
  checkProblem(code: string): void {
    if (!this.#problems.has(code)) this.#refuse(`the problem ${code}`);
  }

  #refuse(what: string): never {
    throw new UndeclaredAnswer(this.#contract, what);
  }
}

function compile(answer: object): (json: unknown) => true | BrokenRule[] {
  const check = validator.compile({ ...answer, $$strict: true });
  return (json) => check(json) as true | BrokenRule[];
}

/** Such as `items[0].by.name (string)`. */
function faultsOf({ type, field = '', actual }: BrokenRule): string[] {
  if (type !== 'objectStrict') return [`${field || 'a body'} (${type})`];
  const path = field === '' ? '' : `${field}.`;
  return String(actual)
    .split(', ')
    .map((name) => `${path}${name} (unknown field)`);
}
