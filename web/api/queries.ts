/** Reads for components, and changes with their key. */
import {
  keepPreviousData,
  type UseQueryResult,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/preact-query';
import type { PathsWithMethod } from 'openapi-typescript-helpers';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Routes } from '#client';
import { onLostAnswer, reader } from './client.ts';
import { type Failure, failureOf } from './problems.ts';

type Got = PathsWithMethod<Routes, 'get'>;
type Params<Path extends Got> = Routes[Path] extends { get: { parameters: infer P } }
  ? { readonly [Name in Extract<keyof P, 'query' | 'path'>]?: P[Name] }
  : never;

export interface ReadOptions<Data = unknown> {
  /** Asks again after so many milliseconds, which may depend on the last answer. Default: never. */
  readonly pollMs?: number | false | ((data: Data | undefined) => number | false);
  /** Whether to ask at all. Default: yes. */
  readonly enabled?: boolean;
}

type PollMs<Path extends Got> = ReadOptions<Answer<Path, 'get'>>['pollMs'];

/** One request, as the library keeps it. */
function queryOf<Path extends Got>(path: Path, params: Params<Path>, pollMs: PollMs<Path> = false) {
  const get = reader.get as unknown as (path: string, init: object) => Promise<Answer<Path, 'get'>>;
  return {
    queryKey: [path, params],
    queryFn: ({ signal }: { signal: AbortSignal }) => get(path, { params, signal }),
    refetchInterval:
      typeof pollMs === 'function'
        ? ({ state }: { state: { data?: Answer<Path, 'get'> | undefined } }) => pollMs(state.data)
        : pollMs,
  };
}

/** What a route answers, kept and shared by all blocks that ask for it. */
export function useGet<Path extends Got>(
  path: Path,
  params: Params<Path> = {} as Params<Path>,
  { pollMs, enabled = true }: ReadOptions<Answer<Path, 'get'>> = {},
): UseQueryResult<Answer<Path, 'get'>, Error> {
  return useQuery({ ...queryOf(path, params, pollMs), enabled });
}

/** What a route answers to each of several requests, in their order. */
export function useGets<Path extends Got>(
  path: Path,
  requests: readonly Params<Path>[],
  { pollMs }: Pick<ReadOptions<Answer<Path, 'get'>>, 'pollMs'> = {},
): readonly UseQueryResult<Answer<Path, 'get'>, Error>[] {
  return useQueries({
    queries: requests.map((params) => queryOf(path, params, pollMs)),
  }) as readonly UseQueryResult<Answer<Path, 'get'>, Error>[];
}

/**
 * What several requests to one route give together. `state` is whatever makes the answer another
 * one: with a new state it is read again, and the old answer is shown meanwhile.
 */
export function useRead<Data>(
  path: Got,
  state: readonly unknown[],
  read: () => Promise<Data>,
): UseQueryResult<Data, Error> {
  return useQuery({
    queryKey: [path, ...state],
    queryFn: read,
    placeholderData: keepPreviousData,
  });
}

/** Lets all blocks ask again that show one of these routes. */
export function useRefresh(): (...paths: readonly Got[]) => void {
  const queries = useQueryClient();
  return (...paths) => {
    for (const path of paths) void queries.invalidateQueries({ queryKey: [path] });
  };
}

export type CommandState =
  | { readonly is: 'ready' }
  | { readonly is: 'sending' }
  /** The answer was lost: the outcome is asked for again. */
  | { readonly is: 'unknown' }
  | { readonly is: 'refused'; readonly failure: Failure };

export interface Command<Input> {
  readonly state: CommandState;
  readonly isBusy: boolean;
  /** Ignored while the last one is not answered. Returns whether it succeeded. */
  run(input: Input): Promise<boolean>;
  /** The form was changed: the next request is another one. */
  changed(): void;
}

/**
 * A change. `send` gets the `Idempotency-Key` that all attempts share: it is made when the form
 * opens, and anew after each answer (WEB-6).
 */
export function useCommand<Input>(send: (input: Input, key: string) => Promise<unknown>): Command<Input> {
  const key = useRef('');
  const isSending = useRef(false);
  const isAnswered = useRef(false);
  if (key.current === '') key.current = crypto.randomUUID();
  const [state, setState] = useState<CommandState>({ is: 'ready' });
  useEffect(
    () => onLostAnswer((lost) => lost === key.current && isSending.current && setState({ is: 'unknown' })),
    [],
  );
  return {
    state,
    isBusy: state.is === 'sending' || state.is === 'unknown',
    changed() {
      if (!isAnswered.current) return;
      isAnswered.current = false;
      key.current = crypto.randomUUID();
      setState({ is: 'ready' });
    },
    async run(input) {
      if (isSending.current) return false;
      isSending.current = true;
      setState({ is: 'sending' });
      try {
        await send(input, key.current);
        key.current = crypto.randomUUID();
        setState({ is: 'ready' });
        return true;
      } catch (error) {
        const failure = failureOf(error);
        // Without an answer the outcome is unknown: the next attempt must be the same request.
        if (failure.problem !== undefined) isAnswered.current = true;
        setState({ is: 'refused', failure });
        return false;
      } finally {
        isSending.current = false;
      }
    },
  };
}
