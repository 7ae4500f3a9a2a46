/** The routes that the gateway answers by itself, declared as those of actions are. Pure. */
import { defineAction } from '#schemas/action.ts';
import { array, currency, json, oneOf, openObject, record, string, time } from '#schemas/answers.ts';
import { businessDay, optional, whole } from '#schemas/params.ts';

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
      /** The background loops that stand still. */
      stalled: optional(array(string())),
    },
  }),
  security: defineAction({
    ...base,
    action: 'gateway.security',
    route: 'GET //.well-known/security.txt',
    summary: 'Says as plain text where to report a vulnerability (RFC 9116).',
    answer: null,
  }),
  meta: defineAction({
    ...base,
    action: 'gateway.meta',
    route: 'GET /meta',
    summary: 'Says what runs here, its currency and calendar, and which business day is open.',
    answer: {
      /** The name of the product, as in `PRODUCT`. */
      product: string('toys'),
      version: string('1.0.0'),
      /** The currency of all amounts. */
      currency: currency(),
      /** How many of the last digits of an amount are minor units (ISO 4217): 2 for USD. */
      minorUnits: { ...whole(0), example: 2 },
      /** The IANA name of the time zone of business days. */
      timeZone: string('Europe/Berlin'),
      /** The time of day at which a business day ends. */
      dayCloseAt: string('18:00'),
      /** The languages of mails. */
      locales: array(string('en')),
      /** The open business day. */
      businessDay: businessDay(),
      /** When the open business day ends, unless it is closed before. */
      dayEndsAt: time(),
    },
  }),
  openApi: defineAction({
    ...base,
    action: 'gateway.openApi',
    route: 'GET //openapi.json',
    summary: 'Describes all routes (OpenAPI 3.1).',
    answer: {
      openapi: { ...string(), example: '3.1.1' },
      info: openObject({ title: string(), version: string() }),
      servers: array(openObject({ url: string() })),
      tags: array(openObject({ name: string() })),
      paths: record(json()),
      components: record(json()),
    },
  }),
} as const;
