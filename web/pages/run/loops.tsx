/** The background work beside the consumers, the worst first. A loop goes on by itself. */
import { Card } from '../../kit/card.tsx';
import type { UrlState } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import type { Health } from './condition.ts';

const TONES = { stalled: 'bad', waiting: 'warn', working: 'run', idle: 'ok' } as const;

export function Loops({ loops, url }: { loops: Health['loops']; url: UrlState }) {
  const { t } = useText();
  const isAll = url.query.all === 'loops';
  const shown = isAll ? loops : loops.filter(({ state }) => state !== 'idle');
  return (
    <Card title={t.system.loops} note={t.system.loopsWhat}>
      {shown.length > 0 && (
        <table class="stack">
          <caption class="hidden">{t.system.loops}</caption>
          <thead>
            <tr>
              <th>{t.system.loop}</th>
              <th>{t.users.state}</th>
              <th>{t.system.since}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, state, reason, since }) => (
              <tr key={name}>
                <td class="l1">
                  {name}
                  {reason !== null && <span class="d full">{reason}</span>}
                </td>
                <td class="r1">
                  <span class={`dot ${TONES[state]}`}>{t.system.loopStates[state]}</span>
                </td>
                <td class="l2 nowrap">{since !== null && <Time at={since} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div class="foot">
        <span>{t.system.idle(loops.filter(({ state }) => state === 'idle').length)}</span>
        <span class="grow" />
        <a href={url.with({ all: isAll ? undefined : 'loops' })}>
          {isAll ? t.system.fewer : t.system.all(loops.length)}
        </a>
      </div>
    </Card>
  );
}
