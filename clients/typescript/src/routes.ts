/** The types of requests and answers, by route and method. */
import type { MaybeOptionalInit } from 'openapi-fetch';
import type {
  HttpMethod,
  PathsWithMethod,
  RequiredKeysOf,
  ResponseObjectMap,
  SuccessResponse,
} from 'openapi-typescript-helpers';
import type { events, paths } from './api.ts';
import type { ServerEvent } from './events.ts';

/** The routes below the base, by their paths there: `/tasks` is `/api/v1/tasks`. */
export type Routes = {
  [Path in keyof paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: paths[Path];
};
/** The routes with server-sent events. */
export type Feeds = {
  [Path in keyof events as Path extends `/api/v1${infer Rest}` ? Rest : never]: events[Path];
};

type Operation<Path extends keyof Routes, Method extends HttpMethod> = Routes[Path][Method &
  keyof Routes[Path]] & {};

/** The body of a route's successful answer. */
export type Answer<Path extends keyof Routes, Method extends HttpMethod> = SuccessResponse<
  ResponseObjectMap<Operation<Path, Method>>,
  'application/json'
>;
/** The item of a route's list. */
export type Item<Path extends keyof Routes> =
  Answer<Path, 'get'> extends { readonly items: readonly (infer Each)[] } ? Each : never;

/** The routes with lists. */
export type Lists = {
  [Path in PathsWithMethod<Routes, 'get'>]: Item<Path> extends never ? never : Path;
}[PathsWithMethod<Routes, 'get'>];
type Init<Path extends keyof Routes, Method extends HttpMethod> = MaybeOptionalInit<
  Routes[Path],
  Method & keyof Routes[Path]
>;
/** `params`, `body`, `headers` and `signal`; it may be left out where the route requires none. */
export type InitOf<Path extends keyof Routes, Method extends HttpMethod> =
  RequiredKeysOf<Init<Path, Method>> extends never ? [init?: Init<Path, Method>] : [init: Init<Path, Method>];
export type Call<Method extends HttpMethod> = <Path extends PathsWithMethod<Routes, Method>>(
  path: Path,
  ...init: InitOf<Path, Method>
) => Promise<Answer<Path, Method>>;

export type EventOf<Path extends keyof Feeds> = ServerEvent<Feeds[Path]['name'], Feeds[Path]['data']>;
