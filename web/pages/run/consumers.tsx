/** The consumers of events, the worst first. One that stopped itself is resumed here. */
import { useState } from 'preact/hooks';
import { writer } from '../../api/client.ts';
import { useCommand, useRefresh } from '../../api/queries.ts';
import { Card } from '../../kit/card.tsx';
import { Confirm } from '../../kit/form.tsx';
import { hrefOf, type UrlState } from '../../kit/link.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { type Health, isCalm } from './condition.ts';

type Consumer = Health['consumers'][number];

/** Calm consumers fill the table up to so many rows. */
const SHOWN = 6;
/** The longest bar of a lag, in pixels. */
const BAR = 40;
const TONES = { stopped: 'bad', waiting: 'warn', closed: '', running: 'ok' } as const;

export function Consumers({ health, url }: { health: Health; url: UrlState }) {
  const { t } = useText();
  const [stopped, setStopped] = useState<Consumer>();
  const { consumers, missing } = health;
  const isAll = url.query.all === 'consumers';
  const busy = consumers.filter((each) => !isCalm(each)).length;
  const shown = isAll ? consumers : consumers.slice(0, Math.max(SHOWN, busy));
  const hidden = consumers.length - shown.length;
  const most = Math.max(1, ...consumers.map(({ pending }) => pending ?? 0));
  return (
    <Card title={t.system.consumers} note={t.system.consumersRun(consumers.length - busy, consumers.length)}>
      <table class="stack">
        <caption class="hidden">{t.system.consumers}</caption>
        <thead>
          <tr>
            <th>{t.system.consumer}</th>
            <th>{t.users.state}</th>
            <th class="n">{t.system.lag}</th>
            <th class="n" title={t.system.inWorkWhat}>
              {t.system.inWork}
            </th>
            <th class="n" title={t.system.againWhat}>
              {t.system.again}
            </th>
            <th class="n">{t.system.rate}</th>
            <th class="n">{t.pages.deadLetters}</th>
            <th class="n">{t.system.nodesTitle}</th>
            <th>
              <span class="hidden">{t.system.resume}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {missing.map((service) => (
            <tr key={service} class="mut">
              <td class="l1">{t.system.consumersOf(service)}</td>
              <td class="r1">
                <span class="dot">{t.system.unknown}</span>
              </td>
              <td class="n hide" colSpan={7}>
                ?
              </td>
            </tr>
          ))}
          {shown.map((consumer) => (
            <Row key={consumer.name} consumer={consumer} most={most} onResume={() => setStopped(consumer)} />
          ))}
        </tbody>
      </table>
      <div class="foot">
        <span>
          {t.system.worstFirst}
          {hidden > 0 && ` · ${t.system.calm(hidden)}`}
        </span>
        <span class="grow" />
        {(isAll || hidden > 0) && (
          <a href={url.with({ all: isAll ? undefined : 'consumers' })}>
            {isAll ? t.system.fewer : t.system.all(consumers.length)}
          </a>
        )}
      </div>
      {stopped !== undefined && <Resume consumer={stopped} onClose={() => setStopped(undefined)} />}
    </Card>
  );
}

function Row({ consumer, most, onResume }: { consumer: Consumer; most: number; onResume: () => void }) {
  const { t, f } = useText();
  const { name, service, state, reason, stoppedAt, pending, deadLetters } = consumer;
  const unknown = (count: number | null) => f.count(count ?? undefined);
  return (
    <tr>
      <td class="l1">
        {state === 'running' ? name : <b>{name}</b>}
        {reason !== null && (
          <span class="d full">
            {stoppedAt !== null && (
              <>
                <Time at={stoppedAt} form="clock" />{' '}
              </>
            )}
            {reason}
          </span>
        )}
      </td>
      <td class="r1">
        <span class={`dot ${TONES[state]}${state === 'stopped' ? ' neg' : ''}`}>
          {t.system.states[state]}
        </span>
      </td>
      <td class="n l2" data-l={t.system.lagShort}>
        {pending !== null && pending > 0 && (
          <span class="lag" style={{ width: `${Math.ceil((pending / most) * BAR)}px` }} />
        )}
        {unknown(pending)}
      </td>
      <td class="n hide">{unknown(consumer.ackPending)}</td>
      <td class="n hide">{unknown(consumer.redeliveredPending)}</td>
      <td class="n hide">{f.decimal(consumer.eventsPerSecond)}</td>
      <td class="n hide">
        {deadLetters !== null && deadLetters > 0 ? (
          <a class="neg" href={hrefOf('/dead-letters', { service, consumer: name })}>
            {f.count(deadLetters)}
          </a>
        ) : (
          unknown(deadLetters)
        )}
      </td>
      <td class="n hide">{f.count(consumer.nodes)}</td>
      <td class="n r2">
        {state === 'stopped' && (
          <button class="btn s" type="button" onClick={onResume} aria-label={`${t.system.resume}: ${name}`}>
            {t.system.resume}…
          </button>
        )}
      </td>
    </tr>
  );
}

function Resume({ consumer, onClose }: { consumer: Consumer; onClose: () => void }) {
  const { t, f } = useText();
  const refresh = useRefresh();
  const { name, pending, deadLetters, nodes, reason } = consumer;
  const { state, run } = useCommand(async (_: undefined, key) => {
    await writer.post('/system/consumers/{name}/resume', {
      params: { path: { name }, header: { 'Idempotency-Key': key } },
    });
    refresh('/system/health');
    onClose();
  });
  return (
    <Confirm
      title={t.system.resumeTitle(name)}
      verb={t.system.resume}
      state={state}
      onClose={onClose}
      onConfirm={() => void run(undefined)}
    >
      {reason !== null && <p class="mono">{reason}</p>}
      <p>
        {t.system.resumeWhat(
          f.count(pending ?? undefined),
          f.count(deadLetters ?? undefined),
          f.count(nodes),
        )}
      </p>
      <p class="mut">{t.system.resumeFirst}</p>
    </Confirm>
  );
}
