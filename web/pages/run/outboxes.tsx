/** Events that wait to be published, and those that the broker has refused. */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Card } from '../../kit/card.tsx';
import { Confirm } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';
import type { Health } from './condition.ts';

type Outbox = Health['outboxes'][number];

export function Outboxes({ outboxes }: { outboxes: readonly Outbox[] }) {
  const { t, f } = useText();
  const [refused, setRefused] = useState<Outbox>();
  const worstFirst = [...outboxes].sort(
    (one, other) => other.refused - one.refused || other.waiting - one.waiting,
  );
  return (
    <Card title={t.system.outboxes} note={t.system.outboxesWhat}>
      <table>
        <caption class="hidden">{t.system.outboxes}</caption>
        <thead>
          <tr>
            <th>{t.system.service}</th>
            <th class="n">{t.system.waits}</th>
            <th class="n">{t.system.oldest}</th>
            <th class="n">{t.system.refused}</th>
          </tr>
        </thead>
        <tbody>
          {worstFirst.map((outbox) => (
            <tr key={outbox.service}>
              <td>{outbox.service}</td>
              <td class="n">{f.count(outbox.waiting)}</td>
              <td class="n">{t.system.seconds(f.decimal(outbox.oldestSeconds))}</td>
              <td class="n">
                {outbox.refused === 0 ? (
                  f.count(0)
                ) : (
                  <button class="btn s d" type="button" onClick={() => setRefused(outbox)}>
                    {t.system.resendCount(f.count(outbox.refused))}…
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {refused !== undefined && <Resend outbox={refused} onClose={() => setRefused(undefined)} />}
    </Card>
  );
}

function Resend({ outbox, onClose }: { outbox: Outbox; onClose: () => void }) {
  const { t, f } = useText();
  const refresh = useRefresh();
  const { service, refused } = outbox;
  const { state, run } = useCommand(async (_: undefined, key) => {
    await writer.post('/system/outboxes/{service}/resend', {
      params: { path: { service }, header: { 'Idempotency-Key': key } },
    });
    refresh('/system/health');
    onClose();
  });
  return (
    <Confirm
      title={t.system.resendTitle(service)}
      verb={t.system.resend}
      state={state}
      onClose={onClose}
      onConfirm={() => void run(undefined)}
    >
      <p>{t.system.resendWhat(f.count(refused))}</p>
      <p class="mut">{t.system.resendFirst}</p>
    </Confirm>
  );
}
