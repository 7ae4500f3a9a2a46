/** Generates `src/api.ts`, the types of all routes, from an OpenAPI document. */
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

/** The file with the types. */
export const TYPES = new URL('src/api.ts', import.meta.url);

const HEADER =
  '/** The types of all routes. `npm run api -- types` generates them from the contracts: do not edit. */\n';

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}
interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface Media {
  readonly 'x-event'?: { readonly name: string; readonly data: object };
}

/**
 * The content of `src/api.ts`. The generator has no words for single events, so we add their types.
 */
export async function typesOf(description: object): Promise<string> {
  const { paths, components, ...others } = description as Description;
  const events = eventsIn(paths);
  const schemas = Object.fromEntries(events.map(({ schema, data }) => [schema, data]));
  const document = {
    ...others,
    paths,
    components: { ...components, schemas: { ...components.schemas, ...schemas } },
  };
  const types = astToString(
    await openapiTS(document as unknown as OpenAPI3, { defaultNonNullable: false, immutable: true }),
  );
  const ofEvents = events.map(
    ({ path, name, schema }) =>
      `    "${path}": { name: "${name}"; data: components["schemas"]["${schema}"] };\n`,
  );
  return `${HEADER}${types}/** The server-sent events of each route that has them. */\nexport interface events {\n${ofEvents.join('')}}\n`;
}

function eventsIn(paths: Description['paths']) {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.values(operations)
      .flatMap(({ responses }) => Object.values(responses))
      .flatMap(({ content = {} }) => Object.values(content))
      .flatMap(({ 'x-event': event }) =>
        event === undefined ? [] : [{ path, schema: `Event_${event.name}`, ...event }],
      ),
  );
}
