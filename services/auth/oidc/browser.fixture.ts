/**
 * A browser without scripts: it keeps cookies, follows no redirect by itself, and fills in forms.
 */

export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where a redirect leads. */
  readonly location: URL | null;
}

export class Browser {
  #cookies = new Map<string, string>();

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  open(url: URL | string, headers: Record<string, string> = {}): Promise<Shown> {
    return this.#send(String(url), { headers });
  }

  /**
   * Fills in the form of a page that `url` showed, and sends it. `headers` override the browser's.
   */
  submit(
    url: URL | string,
    { html }: Pick<Shown, 'html'>,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Shown> {
    const action = new URL(/<form method="post" action="([^"]*)"/.exec(html)?.[1] ?? '', url);
    const hidden = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const body = new URLSearchParams({
      ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, unescapeHtml(value)])),
      ...fields,
    });
    const own = { origin: action.origin, 'sec-fetch-site': 'same-origin' };
    return this.#send(action.href, { method: 'POST', body, headers: { ...own, ...headers } });
  }

  async #send(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<Shown> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      location: location === null ? null : new URL(location, url),
    };
  }
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
