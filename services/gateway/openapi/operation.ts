/** One route in the document: its params, its body, its answers and its problems. Pure. */
import { BYTE_ORDER_MARK, csvLine, csvLines, type Listed } from '#mixins/csv.ts';
import type { Access, ContractCookie } from '#schemas/action.ts';
import { descriptionOf } from '#schemas/fields/descriptions.ts';
import { takesIdempotencyKey } from '#schemas/general-problems.ts';
import {
  described,
  exampleOf,
  exampleOfFields,
  isRequired,
  type JsonSchema,
  schemaOf,
  schemaOfFields,
} from '#schemas/json-schema.ts';
import { id } from '#schemas/params.ts';
import { IDEMPOTENCY_KEY, REQUEST_ID } from '../requests/headers.ts';
import { CSV_MEDIA, JSON_MEDIA } from '../requests/negotiate.ts';
import type { DeclaredRoute } from '../requests/routes.ts';
import { securityTxt } from '../requests/security-txt.ts';
import type { Components } from './components.ts';
import { problemResponses } from './problems.ts';

export const SECURITY_SCHEME = 'accessToken';
const EVENTS_MEDIA = 'text/event-stream';
const FORM_MEDIA = 'application/x-www-form-urlencoded';
const PAGE_MEDIA = 'text/html';
/** Of a route whose answer is neither a document nor empty. */
const TEXT_MEDIA = 'text/plain';
const TEXT = securityTxt({ securityContact: 'mailto:security@example.com', publicUrl: null }, new Date(0));

const idempotencyKey = { type: 'string', pattern: IDEMPOTENCY_KEY, example: '6f1d4c2e' } as const;
const requestId = { type: 'string', pattern: REQUEST_ID, example: exampleOf(id()) } as const;
/** The headers that a request may have. */
export const HEADERS = {
  'Idempotency-Key': {
    description:
      'A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.',
    schema: schemaOf(idempotencyKey),
    example: exampleOf(idempotencyKey),
  },
  'Last-Event-ID': {
    description:
      'The id of the last event that the client got. Then a first event is sent only after a change.',
    schema: { type: 'string' },
    example: '0123456789abcdef',
  },
  'X-Request-Id': {
    description:
      'An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.',
    schema: schemaOf(requestId),
    example: exampleOf(requestId),
  },
} as const;

export function operationOf(route: DeclaredRoute, components: Components): object {
  const { action, access, summary } = route.contract;
  return {
    operationId: action,
    summary,
    description: describe(route),
    tags: [tagOf(route)],
    security: access === 'anyone' ? [] : [{ [SECURITY_SCHEME]: [] }],
    ...(typeof access === 'string' ? {} : { 'x-roles': access }),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: { ...answersOf(route, components), ...problemResponses(route.contract, components) },
  };
}

/** The service of the action. */
export const tagOf = ({ contract }: DeclaredRoute): string => contract.action.split('.', 1)[0] ?? '';

function describe({ contract: { access, details, csv, event, cookie, protocol } }: DeclaredRoute): string {
  return [
    `For ${callersOf(access)}.`,
    ...(details === undefined ? [] : [details]),
    ...(cookie === undefined
      ? []
      : [
          `Our own pages may have \`${cookie.field}\` in a cookie, and then neither in the body nor in the answer (\`x-by-cookie\`).`,
        ]),
    ...(csv === undefined
      ? []
      : ['With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.']),
    ...(protocol === undefined ? [] : ['Unknown params are ignored.']),
    ...(event === undefined
      ? []
      : [
          `The answer is a stream of events \`${event}\`: one at once, and one after each change. Lines that begin with a colon are comments, which keep the connection.`,
          'The stream ends when the token expires. Then connect again with a new token and `Last-Event-ID`, after the milliseconds in `retry`.',
        ]),
  ].join(' ');
}

function callersOf(access: Access): string {
  if (access === 'anyone') return 'anyone';
  if (access === 'signed-in') return 'users who are signed in, and service accounts';
  if (access === 'person') return 'users who are signed in';
  return `users with the role ${access.map((role) => `\`${role}\``).join(' or ')}`;
}

function parametersOf(route: DeclaredRoute): object[] {
  const { contract, pathNames, formNames, takesBody } = route;
  const rules = contract.params as Readonly<Record<string, object>>;
  const translation = { describe: describeParams(route) };
  const parameter = (place: 'path' | 'query', name: string) => {
    const rule = rules[name] ?? {};
    const required = place === 'path' || isRequired(rule);
    const schema = schemaOf(rule, translation);
    return described(
      { name, in: place, required, schema, example: exampleOf(rule) },
      name,
      rule,
      translation,
    );
  };
  const headers: (keyof typeof HEADERS)[] = [
    ...(takesIdempotencyKey(contract) ? (['Idempotency-Key'] as const) : []),
    ...(contract.event === undefined ? [] : (['Last-Event-ID'] as const)),
    'X-Request-Id',
  ];
  return [
    ...pathNames.map((name) => parameter('path', name)),
    ...(takesBody ? [] : [...formNames].map((name) => parameter('query', name))),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

/** The places of an action's fields (`descriptionOf`). */
const placesOf = (route: DeclaredRoute): string[] => [route.contract.action, tagOf(route)];

const describeParams = (route: DeclaredRoute) => (name: string) =>
  descriptionOf([`${route.contract.action}?`, ...placesOf(route)], name);

/** Whether a cookie may replace the body. */
const isByCookie = ({ contract: { cookie }, formNames }: DeclaredRoute): boolean =>
  cookie !== undefined && formNames.has(cookie.field);

/** Without fields the body may be missing, and is not shown. */
function bodyOf(route: DeclaredRoute): object {
  const { contract, formNames, takesBody } = route;
  if (!takesBody || formNames.size === 0) return {};
  const fields = Object.fromEntries(Object.entries(contract.params).filter(([name]) => formNames.has(name)));
  const content = {
    [contract.protocol === undefined ? JSON_MEDIA : FORM_MEDIA]: {
      schema: schemaOfFields(fields, { isNullMissing: true, describe: describeParams(route) }),
      example: exampleOfFields(fields),
    },
  };
  const required = Object.values(fields).some(isRequired) && !isByCookie(route);
  return { requestBody: { required, content } };
}

function answersOf(route: DeclaredRoute, components: Components): Readonly<Record<string, object>> {
  const { status, otherStatus, location, cookie } = route.contract;
  const content = contentOf(route, components);
  const responseOf = (of: number) => ({
    description: STATUS_TEXTS[of] ?? 'Success',
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      ...(location === undefined || of === 200
        ? {}
        : { Location: { $ref: '#/components/headers/Location' } }),
      ...(cookie === undefined ? {} : { 'Set-Cookie': { $ref: '#/components/headers/Set-Cookie' } }),
    },
    ...content,
  });
  const statuses = [status, ...(otherStatus === undefined ? [] : [otherStatus])];
  return Object.fromEntries(statuses.map((of) => [of, responseOf(of)]));
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: 'Success',
  201: 'Created',
  202: 'Begun, and not done yet',
  204: 'Done',
};

function contentOf(route: DeclaredRoute, components: Components): { content?: object } {
  const { answer, status, csv, event, protocol, cookie } = route.contract;
  if (status === 204) return {};
  if (answer === null) {
    const media = route.contract.media ?? (protocol === PAGE_MEDIA ? PAGE_MEDIA : TEXT_MEDIA);
    return { content: { [media]: textOf(media) } };
  }
  const schema = components.schemaOfFields(answer, placesOf(route));
  const example = exampleOfFields(answer);
  if (event !== undefined) return { content: { [EVENTS_MEDIA]: eventsOf(event, schema, example) } };
  return {
    content: {
      [JSON_MEDIA]: {
        schema,
        example,
        ...(cookie === undefined ? {} : { 'x-by-cookie': answerByCookie(answer, cookie, route, components) }),
      },
      ...(csv === undefined ? {} : { [CSV_MEDIA]: csvOf(csv, example) }),
    },
  };
}

/**
 * The answer to a page that has the secret in a cookie. As a second schema beside the first it
 * would make the secret optional for all other clients. So an extension has it.
 */
function answerByCookie(
  answer: object,
  { field }: ContractCookie,
  route: DeclaredRoute,
  components: Components,
): object {
  const fields = Object.fromEntries(Object.entries(answer).filter(([name]) => name !== field));
  return { schema: components.schemaOfFields(fields, placesOf(route)), example: exampleOfFields(fields) };
}

const textOf = (media: string): object => ({
  schema: { type: 'string' },
  example: media === TEXT_MEDIA ? TEXT : '<!doctype html>',
});

/** OpenAPI 3.1 has no words for single events, so an extension has them. */
function eventsOf(event: string, data: JsonSchema, example: object): object {
  const { example: eventId } = HEADERS['Last-Event-ID'];
  return {
    schema: { type: 'string' },
    example: `event: ${event}\nid: ${eventId}\ndata: ${JSON.stringify(example)}\n\n`,
    'x-event': { name: event, data },
  };
}

function csvOf(columns: readonly string[], example: Readonly<Record<string, unknown>>): object {
  return {
    schema: { type: 'string' },
    example: BYTE_ORDER_MARK + csvLine(columns) + csvLines(example as Listed, columns),
  };
}
