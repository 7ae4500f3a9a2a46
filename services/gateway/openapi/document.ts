/**
 * Describes all routes in an OpenAPI 3.1 document. It comes from the action contracts alone. Pure.
 */
import type { ActionContract } from '#schemas/action.ts';
import { descriptionOf } from '#schemas/fields/descriptions.ts';
import { exampleOf, schemaOf } from '#schemas/json-schema.ts';
import { id, whole } from '#schemas/params.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import { API_PREFIX, declaredRoute } from '../requests/routes.ts';
import { Components } from './components.ts';
import { HEADERS, operationOf, SECURITY_SCHEME, tagOf } from './operation.ts';
import { problem } from './problems.ts';

const OPENAPI = '3.1.1';

const DESCRIPTION = [
  '**Form.** Bodies and answers are JSON. A body has at most 64 KiB. Texts are UTF-8, and their lengths count code points of the normal form NFC. In the query and in bodies, unknown fields are refused. An optional field of a body may be null, which counts as missing. A field of an answer that has no value is null.',
  '**Problems.** A refused request is answered with a problem (`application/problem+json`, RFC 9457), whose `code` is stable. `help` is the path of a page about it. A method that a path does not take is answered with 405 and the others in `Allow`; `HEAD` is answered where `GET` is. Beyond the limit of a user or of an address the answer is 429, with `Retry-After`.',
  '**Repeating.** A POST of somebody who is signed in may have an `Idempotency-Key`, a text of up to 255 characters that the client makes up. If the request is sent again with its key, because the answer was lost, it is carried out once and answered as the first time. A key counts for one user and one route, for at least 24 hours. Refusals are not kept.',
  '**Lists** are paged: `nextCursor` is the `cursor` of the next page, and null after the last. Some lists are also CSV (`Accept: text/csv`): UTF-8 with a byte order mark, all pages at once. Others refuse that with 406.',
  '**Delays.** The answer to a change shows its outcome. What other services make of the change follows, as a rule within a second.',
  '**Tracing.** A request may have an `X-Request-Id` of 8 to 64 letters, digits, dots, dashes and underscores. All events that it causes have it as their correlation id. The answer names the id that was used.',
].join('\n\n');

export interface DocumentOptions {
  readonly title: string;
  readonly version: string;
  /** Leads new developers of clients through the product, as Markdown. */
  readonly introduction?: string | undefined;
  readonly contracts: readonly ActionContract[];
  /** The names of shared answers, by their rules. */
  readonly answers: ReadonlyMap<object, string>;
}

/** Throws for a rule that has no JSON schema. */
export function openApiDocument({
  title,
  version,
  introduction,
  contracts,
  answers,
}: DocumentOptions): object {
  const routes = [...contracts, ...Object.values(OWN_ROUTES)].map(declaredRoute);
  const components = new Components(new Map<object, string>([...answers, [problem, 'Problem']]));
  components.schemaOfFields(problem, []);
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:([^/]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components) };
  }
  return {
    openapi: OPENAPI,
    info: {
      title,
      version,
      description: introduction === undefined ? DESCRIPTION : `${introduction}\n\n${DESCRIPTION}`,
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({
      name,
      description: descriptionOf(['tag'], name),
    })),
    paths,
    components: {
      schemas: components.schemas,
      responses: components.responses,
      parameters: Object.fromEntries(
        Object.entries(HEADERS).map(([name, header]) => [name, { name, in: 'header', ...header }]),
      ),
      headers: {
        Location: {
          description: 'The path of the resource that was created or begun.',
          schema: { type: 'string', format: 'uri-reference' },
          example: `${API_PREFIX}/things/${exampleOf(id())}`,
        },
        'X-Request-Id': {
          description: 'The id of the request, in logs and in events.',
          schema: { type: 'string' },
          example: exampleOf(id()),
        },
        'Set-Cookie': {
          description: 'Only for our own pages: the cookie with the secret, or its end.',
          schema: { type: 'string' },
          example: 'name=value; Path=/api/v1/auth; HttpOnly; SameSite=Strict',
        },
        'Retry-After': {
          description: 'Seconds after which to retry.',
          schema: schemaOf(whole(1)),
          example: 1,
        },
        'WWW-Authenticate': {
          description: 'The scheme to use, and the error of the token, if there was a token (RFC 6750).',
          schema: { type: 'string' },
          example: 'Bearer realm="api"',
        },
      },
      securitySchemes: {
        [SECURITY_SCHEME]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token of a user, or the token of a service account.',
        },
      },
    },
  };
}
