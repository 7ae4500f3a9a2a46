/** All templates by file name, and the checks of data that come from other services. */
import { modulesIn } from '#schemas/modules.ts';
import { Validator } from '#schemas/validator.ts';
import { type RenderContext, type RenderResult, type Template, tryRender } from '../mails/template.ts';

const validator = new Validator({ useNewCustomCheckerFunction: true });

const modules = await modulesIn(new URL('../templates/', import.meta.url));
const TEMPLATES = new Map(
  [...modules].map(([name, module]) => {
    const template = module.default as Template<unknown>;
    return [name, { template, check: validator.compile({ ...template.params }) }];
  }),
);

/** Whether a mail whose request is `ageMs` milliseconds old is of no use any more. */
export function isExpired(template: string | null, ageMs: number): boolean {
  const validMs = TEMPLATES.get(template ?? '')?.template.validMs;
  return validMs !== undefined && ageMs > validMs;
}

/**
 * Renders a request of another service. Refuses an unknown template, or data that do not fit it,
 * with the reason.
 */
export function renderRequest(name: string, data: object, context: RenderContext): RenderResult {
  const found = TEMPLATES.get(name);
  if (found === undefined)
    return { kind: 'refused', reason: `unknown_template: there is no template ${name}` };
  const { template, check } = found;
  return tryRender(() => {
    // The check changes its argument.
    const copy = structuredClone(data);
    const errors = check(copy);
    if (errors !== true && Array.isArray(errors)) {
      const [first] = errors;
      throw new TypeError(`${first?.field ?? ''}: ${first?.message ?? 'does not fit the template'}`);
    }
    return template.render(copy, context);
  });
}
