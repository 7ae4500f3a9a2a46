import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type ActionContract, defineAction } from '#schemas/action.ts';
import { AnswerCheck } from '#schemas/answer-check.ts';
import { array, boolean, list, object, string } from '#schemas/answers.ts';
import { ERRORS } from '#schemas/errors.ts';
import { generalProblems } from '#schemas/general-problems.ts';
import { loadProductActions, loadProductAnswers } from '#schemas/load.ts';
import { id, line, optional, page } from '#schemas/params.ts';
import { loadProducts } from '../../../product.ts';
import { makeAjv } from '../../../test/harness/ajv.ts';
import { OWN_ROUTES } from '../requests/own-routes.ts';
import { openApiDocument } from './document.ts';

interface Content {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly [extension: `x-${string}`]: unknown;
}
type Contents = Readonly<Record<string, Content>>;
interface Reference {
  readonly $ref?: string;
}
interface Parameter extends Content, Reference {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}
interface Response extends Reference {
  readonly headers?: object;
  readonly content?: Contents;
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Contents };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly headers: Readonly<Record<string, Content>>;
  };
}

const documentOf = (contracts: readonly ActionContract[], answers: ReadonlyMap<object, string>): Document =>
  JSON.parse(JSON.stringify(openApiDocument({ title: 'Toys', version: '1.2.3', contracts, answers })));

const operationsOf = ({ paths }: Document): Operation[] =>
  Object.values(paths).flatMap((each) => Object.values(each));

/** A response, or the shared one that it refers to. */
const resolved = ({ components }: Document, response: Response): Response =>
  response.$ref === undefined ? response : (components.responses[response.$ref.split('/')[3] ?? ''] ?? {});

/** The codes of the problems of a response. */
const codesOf = (response: Response): string[] =>
  Object.keys(response.content?.['application/problem+json']?.examples ?? {});

/** All objects of a document, each with its path. Examples are left out. */
function everyObject(value: object, path = ''): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(value).flatMap(([name, each]) => {
    if (typeof each !== 'object' || each === null || name === 'example' || name === 'examples') return [];
    const here = `${path}.${name}`;
    return [[here, each as Readonly<Record<string, unknown>>] as const, ...everyObject(each, here)];
  }) as [string, Readonly<Record<string, unknown>>][];
}

interface DescribedField {
  readonly path: string;
  readonly place: 'param' | 'body' | 'answer';
  readonly description: string;
  /** The types of JSON that it may have; none if it may have all. */
  readonly types: ReadonlySet<string>;
}

/** All params and fields of a document that have a description. */
function describedIn(document: Document): DescribedField[] {
  return everyObject(document).flatMap(([path, each]) => {
    const isParam = 'name' in each && 'in' in each;
    if (!isParam && !/\.properties\.\w+$/.test(path)) return [];
    const schema = (isParam ? each.schema : each) as object;
    const types = typesOf(schema);
    if (typeof each.description !== 'string' || types.length === 0) return [];
    const place = isParam ? 'param' : path.includes('.requestBody.') ? 'body' : 'answer';
    const name = isParam ? `${path} ${String(each.name)}` : path;
    return [{ path: name, place, description: each.description, types: new Set(types) }];
  });
}

function typesOf(schema: object): string[] {
  const { type = [], anyOf = [] } = schema as { type?: string | string[]; anyOf?: object[] };
  return [type, anyOf.map(typesOf)].flat(2);
}

const products = [
  ...(await loadProducts(new URL('../../../test/toy/products/toy.ts', import.meta.url).pathname)),
];

describe.each(products)('the document of the product %s', (_, product) => {
  it('is an OpenAPI document by the official schema, and all of its references lead somewhere', async () => {
    const document = documentOf(await loadProductActions(product), await loadProductAnswers(product));
    expect(await new Validator().validate({ ...structuredClone(document) })).toEqual({ valid: true });
  });

  it('has an example in each place, which the schema there accepts', async () => {
    const document = documentOf(await loadProductActions(product), await loadProductAnswers(product));
    const ajv = makeAjv({ strict: false });
    ajv.addSchema(document, 'document');
    const faultsOf = (place: string, { schema, example, examples }: Content): string[] => {
      const all = examples === undefined ? [example] : Object.values(examples).map(({ value }) => value);
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
      const check = ajv.compile(absolute);
      return all.flatMap((each) => (check(each) ? [] : [`${place}: ${ajv.errorsText(check.errors)}`]));
    };
    const { responses, parameters, headers } = document.components;
    const contentsIn = (place: string, contents: Contents = {}) =>
      Object.entries(contents).flatMap(([media, content]): [string, Content][] => [
        [`${place} ${media}`, content],
        ...Object.entries(content).flatMap(([name, byCookie]): [string, Content][] =>
          name === 'x-by-cookie' ? [[`${place} ${name}`, byCookie as Content]] : [],
        ),
      ]);
    const places: [string, Content][] = [
      ...operationsOf(document).flatMap((operation): [string, Content][] => [
        ...(operation.parameters ?? [])
          .filter(({ $ref }) => $ref === undefined)
          .map((each): [string, Content] => [`${operation.operationId} ${each.name}`, each]),
        ...contentsIn(operation.operationId, operation.requestBody?.content),
        ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
          contentsIn(`${operation.operationId} ${status}`, content),
        ),
      ]),
      ...Object.entries(responses).flatMap(([name, { content }]) => contentsIn(name, content)),
      ...Object.entries({ ...parameters, ...headers }),
    ];
    expect(places.length).toBeGreaterThan(30);
    expect(places.flatMap(([place, content]) => faultsOf(place, content))).toEqual([]);
  });

  it('says what each param and each field means', async () => {
    const document = documentOf(await loadProductActions(product), await loadProductAnswers(product));
    // The schema of problems describes `code`.
    const isProperty = /(?<!\.allOf\.\d)\.properties\.\w+$/;
    const silent = everyObject(document).flatMap(([path, each]) =>
      (isProperty.test(path) || ('name' in each && 'in' in each)) && !('description' in each)
        ? [`${path} ${String(each.name ?? '')}`]
        : [],
    );
    expect(silent).toEqual([]);
  });

  // A description that is found by a field's name may belong to another field of that name.
  it('says nothing of a field that holds only for another field of the same name', async () => {
    const document = documentOf(await loadProductActions(product), await loadProductAnswers(product));
    const wrong = describedIn(document).flatMap(({ path, place, description, types }) => [
      ...(/\bnull\b/i.test(description) && !types.has('null') ? [`${path} is never null`] : []),
      ...(place === 'answer' && types.has('null') && !/\bnull\b/i.test(description)
        ? [`${path} does not say when it is null`]
        : []),
      ...(description.includes('`me`') && place !== 'param' ? [`${path} can not be \`me\``] : []),
      ...(description.includes('CSV') ? [`${path} speaks of CSV`] : []),
    ]);
    expect(wrong).toEqual([]);
  });

  it('has no description that fields of several types share', async () => {
    const document = documentOf(await loadProductActions(product), await loadProductAnswers(product));
    const byText = Map.groupBy(describedIn(document), ({ description }) => description);
    const mixed = [...byText].flatMap(([description, fields]) => {
      const types = new Set(fields.flatMap((each) => [...each.types]).filter((type) => type !== 'null'));
      return types.size > 1 ? [`${description}: ${[...types]} (${fields[0]?.path})`] : [];
    });
    expect(mixed).toEqual([]);
  });

  it('has each contract once, with all of its statuses and problems', async () => {
    const contracts = await loadProductActions(product);
    const document = documentOf(contracts, await loadProductAnswers(product));
    const all = [...contracts, ...Object.values(OWN_ROUTES)];
    const operations = operationsOf(document);
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      all.map(({ action }) => action).sort(),
    );
    for (const contract of all) {
      const operation = operations.find(({ operationId }) => operationId === contract.action);
      const responses = Object.entries(operation?.responses ?? {});
      const codes = responses.flatMap(([status, response]) =>
        codesOf(resolved(document, response)).map((code) => `${status} ${code}`),
      );
      const declared = new Set([...generalProblems(contract), ...contract.problems]);
      expect(codes.sort()).toEqual([...declared].map((code) => `${ERRORS[code].status} ${code}`).sort());
      const statuses = responses.filter(([status]) => status < '400').map(([status]) => Number(status));
      expect(statuses).toEqual([contract.status, contract.otherStatus].filter(Boolean));
      expect(operation?.security).toEqual(contract.access === 'anyone' ? [] : [{ accessToken: [] }]);
    }
  });
});

describe('the document of some contracts', () => {
  const toy = { name: string(), isNew: boolean() } as const;
  const base = { access: 'signed-in', summary: 'A toy.' } as const;
  const document = documentOf(
    [
      defineAction({
        ...base,
        action: 'toys.list',
        route: 'GET /boxes/:boxId/toys',
        params: { ...page, boxId: id() },
        answer: list(toy),
        csv: ['name', 'isNew'],
      }),
      defineAction({
        ...base,
        action: 'toys.create',
        route: 'POST /toys',
        access: ['admin', 'maker'],
        status: 201,
        otherStatus: 202,
        params: { name: line(1, 20), colour: optional(line(1, 10)) },
        answer: toy,
      }),
      defineAction({
        ...base,
        action: 'toys.remove',
        route: 'DELETE /toys/:name',
        status: 204,
        params: { name: line(1, 20) },
        answer: null,
      }),
      defineAction({ ...base, action: 'toys.live', route: 'GET //live', answer: toy, event: 'toy' }),
      defineAction({
        ...base,
        action: 'toys.open',
        route: 'POST /open',
        access: 'anyone',
        answer: { toys: array(object(toy)) },
      }),
      defineAction({
        ...base,
        action: 'toys.unlock',
        route: 'POST /unlock',
        access: 'anyone',
        params: { key: string() },
        answer: { ...toy, key: string() },
        cookie: { name: 'key', field: 'key', path: '/toys', seconds: 1 },
      }),
    ],
    new Map([[toy, 'Toy']]),
  );
  const operation = (path: string, method: string): Operation => {
    const found = document.paths[path]?.[method];
    if (found === undefined) throw new Error(`${method} ${path} is not described`);
    return found;
  };
  const REQUEST_ID = { $ref: '#/components/parameters/X-Request-Id' };
  const listing = operation('/api/v1/boxes/{boxId}/toys', 'get');
  const creation = operation('/api/v1/toys', 'post');

  it('has the params of path and query, and the header that each request may have', () => {
    const { parameters = [] } = listing;
    const params = parameters.slice(0, -1).map(({ name, in: place, required }) => [name, place, required]);
    expect(params).toEqual([
      ['boxId', 'path', true],
      ['limit', 'query', false],
      ['cursor', 'query', false],
    ]);
    expect(parameters.at(-1)).toEqual(REQUEST_ID);
  });

  it('has the body of a POST, in which an optional field may be null', () => {
    expect(creation.requestBody).toMatchObject({
      required: true,
      content: {
        'application/json': {
          schema: {
            properties: { name: { type: 'string' }, colour: { type: ['string', 'null'] } },
            required: ['name'],
          },
        },
      },
    });
    expect(operation('/api/v1/open', 'post')).not.toHaveProperty('requestBody');
  });

  it('names roles, and where an Idempotency-Key is taken', () => {
    const key = { $ref: '#/components/parameters/Idempotency-Key' };
    expect(creation).toMatchObject({
      description: expect.stringContaining('`admin` or `maker`'),
      'x-roles': ['admin', 'maker'],
      security: [{ accessToken: [] }],
      parameters: [key, REQUEST_ID],
    });
    expect(operation('/api/v1/open', 'post')).toMatchObject({ security: [] });
    expect(operation('/api/v1/open', 'post').parameters).toEqual([REQUEST_ID]);
    expect(operation('/api/v1/toys/{name}', 'delete').parameters).not.toContainEqual(key);
  });

  it('refers to a shared answer by its name, in each status', () => {
    const toyContent = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Toy' } } } };
    expect(creation.responses).toMatchObject({ 201: toyContent, 202: toyContent });
    expect(operation('/api/v1/open', 'post').responses[200]).toMatchObject({
      content: {
        'application/json': {
          schema: { properties: { toys: { items: { $ref: '#/components/schemas/Toy' } } } },
        },
      },
    });
    expect(document.components.schemas).toMatchObject({
      Toy: { type: 'object', required: ['name', 'isNew'] },
    });
  });

  it('has no content for 204', () => {
    expect(operation('/api/v1/toys/{name}', 'delete').responses[204]).not.toHaveProperty('content');
  });

  it('offers a list with columns as CSV too', () => {
    const { content = {} } = listing.responses[200] ?? {};
    expect(Object.keys(content)).toEqual(['application/json', 'text/csv']);
    expect(content['text/csv']?.example).toBe('\uFEFFname,isNew\r\ntext,true\r\n');
  });

  it('AUTH-16: has the answer to a page beside that with the secret, which others rely on', () => {
    const { headers, content } = operation('/api/v1/unlock', 'post').responses[200] ?? {};
    expect(headers).toHaveProperty('Set-Cookie');
    expect(content?.['application/json']).toMatchObject({
      schema: { required: ['name', 'isNew', 'key'] },
      'x-by-cookie': { schema: { required: ['name', 'isNew'], additionalProperties: false } },
    });
    expect(creation.responses[201]?.headers).not.toHaveProperty('Set-Cookie');
  });

  it('offers events alone, with their name and their data', () => {
    const live = operation('/live', 'get');
    expect(live.parameters).toEqual([{ $ref: '#/components/parameters/Last-Event-ID' }, REQUEST_ID]);
    expect(live.responses[200]?.content).toEqual({
      'text/event-stream': {
        schema: { type: 'string' },
        example: expect.stringMatching(/^event: toy\nid: .+\ndata: \{"name":"text","isNew":true\}\n\n$/),
        'x-event': { name: 'toy', data: { $ref: '#/components/schemas/Toy' } },
      },
    });
  });

  it('is the answer that its own route declares', () => {
    const check = new AnswerCheck(OWN_ROUTES.openApi);
    expect(() => check.checkResult(document)).not.toThrow();
    expect(document).toMatchObject({ info: { title: 'Toys', version: '1.2.3' } });
  });

  it('can not be made of a rule without a JSON schema', () => {
    const odd = defineAction({
      ...base,
      action: 'toys.odd',
      route: 'GET /odd',
      params: { odd: { type: 'tuple' } },
      answer: {},
    });
    expect(() => documentOf([odd], new Map())).toThrow('rules of type tuple');
  });
});
