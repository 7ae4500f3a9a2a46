/** The routes that the gateway answers by itself, declared as those of actions are. Pure. */
import { keySet } from '#mixins/identity/public-key.ts';
import { defineAction } from '#schemas/action.ts';
import {
  array,
  currency,
  described,
  json,
  oneOf,
  openObject,
  record,
  string,
  time,
} from '#schemas/answers.ts';
import { businessDay, optional, whole } from '#schemas/params.ts';

const HTML_MEDIA = 'text/html';
const base = { access: 'anyone' } as const;

export const OWN_ROUTES = {
  live: defineAction({
    ...base,
    action: 'gateway.live',
    route: 'GET //livez',
    summary: 'Answers while the process runs.',
    answer: { status: oneOf('alive') },
  }),
  ready: defineAction({
    ...base,
    action: 'gateway.ready',
    route: 'GET //readyz',
    summary:
      'Answers when every part of the system is ready, else with a problem that names the missing parts.',
    answer: {
      status: oneOf('ready'),
      stalled: described(optional(array(string())), 'The background loops that stand still.'),
    },
  }),
  keys: defineAction({
    ...base,
    action: 'gateway.keys',
    route: 'GET //.well-known/jwks.json',
    summary: 'Gives the public keys of access tokens and ID tokens (RFC 7517).',
    answer: keySet,
  }),
  security: defineAction({
    ...base,
    action: 'gateway.security',
    route: 'GET //.well-known/security.txt',
    summary: 'Says as plain text where to report a vulnerability (RFC 9116).',
    answer: null,
  }),
  metrics: defineAction({
    ...base,
    action: 'gateway.metrics',
    route: 'GET //metrics',
    summary:
      'Answers with the metrics of this node in the text format of Prometheus, for the addresses that `METRICS` names.',
    answer: null,
    problems: ['metrics_refused', 'not_found'],
  }),
  meta: defineAction({
    ...base,
    action: 'gateway.meta',
    route: 'GET /meta',
    summary: 'Says what runs here, its currency and calendar, and which business day is open.',
    answer: {
      product: described(string('toys'), 'The name of the product, as in `PRODUCT`.'),
      version: string('1.0.0'),
      currency: described(currency(), 'The currency of all amounts.'),
      minorUnits: described(
        { ...whole(0), example: 2 },
        'How many of the last digits of an amount are minor units (ISO 4217): 2 for USD.',
      ),
      timeZone: described(string('Europe/Berlin'), 'The IANA name of the time zone of business days.'),
      dayCloseAt: described(string('18:00'), 'The time of day at which a business day ends.'),
      locales: described(array(string('en')), 'The languages of mails.'),
      businessDay: described(businessDay(), 'The open business day.'),
      dayEndsAt: described(time(), 'When the open business day ends, unless it is closed before.'),
    },
  }),
  docs: defineAction({
    ...base,
    action: 'gateway.docs',
    route: 'GET //docs',
    summary: 'Shows the reference of all routes as a page.',
    answer: null,
    media: HTML_MEDIA,
  }),
  docsOfProblems: defineAction({
    ...base,
    action: 'gateway.docsOfProblems',
    route: 'GET //docs/problems',
    summary: 'Shows the codes of all problems as a page.',
    answer: null,
    media: HTML_MEDIA,
  }),
  docsOfProblem: defineAction({
    ...base,
    action: 'gateway.docsOfProblem',
    route: 'GET //docs/problems/:code',
    summary: 'Shows a page about the code of a problem: what it means, and what to do.',
    params: { code: described(string('not_found'), 'The code of the problem.') },
    answer: null,
    media: HTML_MEDIA,
  }),
  docsAsset: defineAction({
    ...base,
    action: 'gateway.docsAsset',
    route: 'GET //docs/assets/:file',
    summary: 'Gives a file that the pages use. Its content never changes.',
    params: { file: described(string('0123456789abcdef-docs.css'), 'The name of the file.') },
    answer: null,
    media: '*/*',
  }),
  asyncApi: defineAction({
    ...base,
    action: 'gateway.asyncApi',
    route: 'GET //asyncapi.json',
    summary: 'Describes all events (AsyncAPI 3).',
    answer: {
      asyncapi: described({ ...string(), example: '3.1.0' }, 'The version of AsyncAPI.'),
      info: described(
        openObject({ title: string(), version: string() }),
        'What is described, and its version.',
      ),
      defaultContentType: described(string('avro/binary'), 'The media type of payloads.'),
      channels: described(record(json()), 'The subjects of NATS, by the type of their events.'),
      operations: described(record(json()), 'What is published, by the type of the event.'),
      components: described(record(json()), 'The messages with their schemas.'),
    },
  }),
  openApi: defineAction({
    ...base,
    action: 'gateway.openApi',
    route: 'GET //openapi.json',
    summary: 'Describes all routes (OpenAPI 3.1).',
    answer: {
      openapi: described({ ...string(), example: '3.1.1' }, 'The version of OpenAPI.'),
      info: described(
        openObject({ title: string(), version: string() }),
        'What is described, and its version.',
      ),
      servers: described(
        array(openObject({ url: described(string(), 'A path.') })),
        'The addresses below which the paths are.',
      ),
      tags: described(array(openObject({ name: string() })), 'The services.'),
      paths: described(record(json()), 'The routes, by path and method.'),
      components: described(record(json()), 'The parts that several routes share.'),
    },
  }),
} as const;
