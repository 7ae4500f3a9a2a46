/** Each alert names the section of the runbook that says what to do. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import yaml from 'js-yaml';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const ROOT = new URL('../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const { groups } = yaml.safeLoad(textOf('containers/prometheus/alerts.yml')) as {
  groups: { rules: Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);
const runbook = textOf('docs/runbook.md');

/** The anchors that a heading gets where Markdown is shown. */
const anchors = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

describe('the alerts', () => {
  it('have names of their own', () => {
    expect(alerts.length).toBeGreaterThan(15);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });

  it.each(alerts)(
    '$alert names a section of the runbook, which lists it',
    ({ alert, labels, annotations }) => {
      const [path, anchor = ''] = annotations.runbook_url.split('#');
      expect(path).toBe('docs/runbook.md');
      expect(anchors).toContain(anchor);
      expect(runbook).toContain(`| \`${alert}\` |`);
      expect(['critical', 'warning']).toContain(labels.severity);
    },
  );

  it('are the only ones that the runbook lists', () => {
    const listed = [...runbook.matchAll(/^\| `(Ates\w+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });
});
