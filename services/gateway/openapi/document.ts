/**
 * Describes all routes in an OpenAPI 3.1 document. It comes from the action contracts alone. Pure.
 */
import type { ActionContract } from '#schemas/action.ts';
import { exampleOf, schemaOf } from '#schemas/json-schema.ts';
import { id, whole } from '#schemas/params.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import { API_PREFIX, declaredRoute } from '../requests/routes.ts';
import { Components } from './components.ts';
import { HEADERS, operationOf, SECURITY_SCHEME, tagOf } from './operation.ts';
import { problem } from './problems.ts';

const OPENAPI = '3.1.1';

const DESCRIPTION = [
  'Bodies and answers are JSON. Texts are UTF-8, and their lengths count code points of the normal form NFC.',
  'A refused request is answered with a problem (`application/problem+json`, RFC 9457), whose `code` is stable.',
  'In the query and in bodies, unknown fields are refused. A field of an answer that has no value is null.',
  'Lists are paged: `nextCursor` is the `cursor` of the next page, and null after the last.',
  '`HEAD` is answered where `GET` is.',
  'Clients may choose the `X-Request-Id` of a request.',
].join('\n\n');

export interface DocumentOptions {
  readonly title: string;
  readonly version: string;
  readonly contracts: readonly ActionContract[];
  /** The names of shared answers, by their rules. */
  readonly answers: ReadonlyMap<object, string>;
}

/** Throws for a rule that has no JSON schema. */
export function openApiDocument({ title, version, contracts, answers }: DocumentOptions): object {
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
    info: { title, version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
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
          description: 'The access token of a user.',
        },
      },
    },
  };
}
