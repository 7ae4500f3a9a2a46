/**
 * The problems of an operation: one response for each status, shared by all with the same codes.
 * Pure.
 */
import type { ActionContract } from '#schemas/action.ts';
import { array, boolean, described, json, object, oneOf, record, string } from '#schemas/answers.ts';
import { defaultDetail, ERRORS, type ErrorCode, type FieldError, type Retry } from '#schemas/errors.ts';
import { problemsOf } from '#schemas/general-problems.ts';
import { exampleOf, exampleOfFields } from '#schemas/json-schema.ts';
import { id, optional, whole } from '#schemas/params.ts';
import { problemDocument } from '../requests/problem.ts';
import type { Components } from './components.ts';

const SCHEMA = '#/components/schemas/Problem';
const fieldError = {
  field: described(string('name'), 'The path of the field, such as `roles[0]`.'),
  code: described(string('string_max'), 'The rule that is broken.'),
  message: described(
    string("The 'name' field must have at most 200 characters."),
    'What is wrong, in English.',
  ),
  params: described(
    { ...record(json()), example: { max: 200 } },
    'The values of the message, for messages in other languages.',
  ),
} as const;

/** The fields that only some problems have. */
const members = Object.fromEntries(
  Object.values(ERRORS)
    .flatMap(({ members: declared = {} }) => Object.entries(declared))
    .map(([name, rule]) => [name, optional(rule)]),
);

/** The rules of `problemDocument`. */
export const problem = {
  type: described(string(), 'The URI of the code.'),
  title: described(string(), 'What the code means; the same for every occurrence.'),
  status: described(whole(400, 599), 'The HTTP status.'),
  code: described(string(), 'The stable code.'),
  detail: described(string(), 'What happened this time, and what to do.'),
  retryable: described(boolean(), 'Whether the same request, sent again, may succeed.'),
  help: described(string(), 'The path of a page about the code.'),
  instance: described(string(), 'The URI of this occurrence.'),
  requestId: described(string(), 'The id of the request, as in `X-Request-Id`.'),
  errors: optional(described(array(object(fieldError)), 'The wrong fields of `validation_failed`.')),
  retry: optional(
    described(
      oneOf<[Retry, Retry]>('same_idempotency_key', 'same_request'),
      'How a request with `outcome_unknown` may be repeated: with its `Idempotency-Key`, or as it is.',
    ),
  ),
  ...members,
} as const;

/** The responses of a contract's problems, by status. */
export function problemResponses(
  contract: ActionContract,
  components: Components,
): Readonly<Record<string, object>> {
  const byStatus = Object.groupBy(problemsOf(contract), (code) => ERRORS[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus = []]) => {
      const sorted = ofStatus.sort();
      return [status, components.response(sorted.join('.'), () => responseOf(Number(status), sorted))];
    }),
  );
}

function responseOf(status: number, codes: readonly ErrorCode[]): object {
  return {
    description: codes.map((code) => `- \`${code}\`: ${ERRORS[code].title}`).join('\n'),
    headers: headersOf(status, codes),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: SCHEMA }, { properties: { code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOfProblem(code) }])),
      },
    },
  };
}

function headersOf(status: number, codes: readonly ErrorCode[]): object {
  const mayRetry = status >= 503 || codes.some((code) => ERRORS[code].retryable);
  return {
    'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
    ...(mayRetry ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': { $ref: '#/components/headers/WWW-Authenticate' } } : {}),
  };
}

function exampleOfProblem(code: ErrorCode): object {
  const { status, members } = ERRORS[code];
  const more = {
    ...(code === 'validation_failed'
      ? { errors: [exampleOfFields(fieldError) as unknown as FieldError] }
      : {}),
    ...(members === undefined ? {} : { members: exampleOfFields(members) }),
    ...(code === 'outcome_unknown' ? { retry: 'same_request' as const } : {}),
  };
  return JSON.parse(
    problemDocument({ status, code, detail: defaultDetail(code), ...more }, String(exampleOf(id()))),
  );
}
