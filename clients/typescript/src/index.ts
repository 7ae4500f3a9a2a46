export type { components, paths } from './api.ts';
export { Client, type ClientOptions } from './client.ts';
export type { ServerEvent } from './events.ts';
export { NoAnswerError, type Problem, ProblemError } from './problem.ts';
export type { RetryOptions } from './retry.ts';
export type { Answer, Item, Routes } from './routes.ts';
export {
  type Credentials,
  type Lock,
  memoryStore,
  processLock,
  type TokenStore,
  type Tokens,
} from './session.ts';
