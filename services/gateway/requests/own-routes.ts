/** The routes that the gateway answers by itself, declared as those of actions are. Pure. */
import { defineAction } from '#schemas/action.ts';
import { array, json, oneOf, openObject, record, string } from '#schemas/answers.ts';
import { optional } from '#schemas/params.ts';

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
