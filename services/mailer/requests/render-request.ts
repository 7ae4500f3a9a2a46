/** All templates by their names, and their data checked where they come from other services. Pure. */
import FastestValidator from 'fastest-validator';
import { type RenderContext, type RenderResult, type Template, tryRender } from '../mails/template.ts';
import { digest } from '../templates/digest.ts';
import { payout } from '../templates/payout.ts';
import { plain } from '../templates/plain.ts';

const TEMPLATES = { payout, digest, plain } as const satisfies Record<string, Template<never>>;

export type TemplateName = keyof typeof TEMPLATES;

/** The package is CommonJS whose declarations speak of a default export that Node does not see. */
const Validator = FastestValidator as unknown as typeof FastestValidator.default;
const validator = new Validator({ useNewCustomCheckerFunction: true });
const checks = new Map(
  Object.entries(TEMPLATES).map(([name, { params }]) => [name, validator.compile({ ...params })]),
);

/** Renders what another service asked for; an unknown template and data that do not fit it are refused with the reason. */
export function renderRequest(name: string, data: object, context: RenderContext): RenderResult {
  const check = Object.hasOwn(TEMPLATES, name) ? checks.get(name) : undefined;
  if (check === undefined)
    return { kind: 'refused', reason: `unknown_template: there is no template ${name}` };
  return tryRender(() => {
    // The check changes what it is given.
    const copy = structuredClone(data);
    const errors = check(copy);
    if (errors !== true && Array.isArray(errors)) {
      const [first] = errors;
      throw new TypeError(`${first?.field ?? ''}: ${first?.message ?? 'does not fit the template'}`);
    }
    const template = TEMPLATES[name as TemplateName] as Template<unknown>;
    return template.render(copy, context);
  });
}
