import { describe, expect, it } from '@jest/globals';
import { type RenderContext, SECRET_MASK } from '../mails/template.ts';
import { renderRequest } from '../requests/render-request.ts';

const ENGLISH: RenderContext = { name: 'Pip', language: 'en', timeZone: 'UTC' };
const RUSSIAN: RenderContext = { name: 'Пип', language: 'ru', timeZone: 'Europe/Moscow' };
const LATE = Date.UTC(2026, 2, 9, 23, 30);

function rendered(template: string, data: object, context: RenderContext) {
  const result = renderRequest(template, data, context);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.rendered;
}

describe('the mail with a code', () => {
  it.each([ENGLISH, RUSSIAN])('AUTH-13: has a mask in place of the code, in text and HTML: %j', (context) => {
    const { subject, text, html } = rendered('recovery', { login: 'pip' }, context);
    expect(subject).not.toBe('');
    for (const each of [text, html]) {
      expect(each.split(SECRET_MASK)).toHaveLength(2);
      expect(each).toContain('pip');
    }
  });
});

describe('the report of a change', () => {
  const data = { what: 'beak', login: 'pip', at: LATE, address: '192.0.2.7' };

  it('AUTH-9: says what was changed, when and from where, in the business zone', () => {
    const { subject, text } = rendered('account-changed', data, ENGLISH);
    expect(subject).toBe('Your beak was changed');
    expect(text).toContain('March 9, 2026, 23:30 (UTC)');
    expect(text).toContain('From: 192.0.2.7');
    expect(rendered('account-changed', data, RUSSIAN).text).toContain(
      '10 марта 2026 г., 02:30 (Europe/Moscow)',
    );
  });

  it('AUTH-9: names the new e-mail address, escaped in HTML', () => {
    const email = '"<b>"@example.com';
    const { text, html } = rendered('account-changed', { ...data, what: 'email', email }, ENGLISH);
    expect(text).toContain(`is now ${email}`);
    expect(html).not.toContain('<b>');
  });

  it('is refused with other data', () => {
    const results = [
      { ...data, what: 'login' },
      { ...data, login: 'No Login' },
      { ...data, more: 1 },
    ].map((each) => renderRequest('account-changed', each, ENGLISH).kind);
    expect(results).toEqual(['refused', 'refused', 'refused']);
  });
});
