/** How the parts of the system are, the worst first, and what an operator can do about it. */
import { useFeed } from '../../api/feed.ts';
import { useGet } from '../../api/queries.ts';
import { Head } from '../../frame/head.tsx';
import { Block } from '../../kit/block.tsx';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icon.tsx';
import { hrefOf, useUrl, WrongUrl } from '../../kit/link.tsx';
import { Live } from '../../kit/live.tsx';
import { Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { Books, CompareBooks, useBooks } from './books.tsx';
import { Causes } from './causes.tsx';
import { type Finding, findingsOf, type Health } from './condition.ts';
import { Consumers } from './consumers.tsx';
import { Loops } from './loops.tsx';
import { Outboxes } from './outboxes.tsx';

/** The server sends its state every two seconds. */
const OVERDUE_MS = 10_000;
const FORMS = { all: /^(consumers|loops)$/ };

export default function System() {
  const { t } = useText();
  const url = useUrl(FORMS);
  const feed = useFeed<Health>('/system/live');
  const first = useGet('/system/health');
  const books = useBooks();
  const health = { ...first, data: feed.data ?? first.data, error: feed.data ? null : first.error };
  return (
    <>
      <Head
        title={t.pages.system}
        note={<Live feed={feed} since={health.data && Date.parse(health.data.at)} overdueMs={OVERDUE_MS} />}
        actions={<CompareBooks books={books} />}
      />
      <WrongUrl url={url} />
      <Block query={health} height={600}>
        {(data) => (
          <>
            <Findings findings={findingsOf(data, books.query.data?.consistent)} />
            <Services services={data.services} missing={data.missing} />
            <Consumers health={data} url={url} />
            <div class="two">
              <Outboxes outboxes={data.outboxes} />
              <Books books={books} />
            </div>
            <Card title={t.system.causes}>
              <Causes />
            </Card>
            <div class="two">
              <Loops loops={data.loops} url={url} />
              <Mails mails={data.mails} />
            </div>
          </>
        )}
      </Block>
    </>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  const { t } = useText();
  if (findings.length === 0) {
    return (
      <p class="note ok" role="status">
        <Icon name="check" />
        <span>{t.system.fine}</span>
      </p>
    );
  }
  return (
    <div class="notes" role="status">
      {findings.map(({ is, names, isGrave }) => (
        <div key={is} class={isGrave ? 'note bad' : 'note'}>
          <Icon name="warning" />
          <p>
            <b>{t.system.findings[is].what(names.join(', '))}</b> {t.system.findings[is].todo}
            {is === 'letters' && (
              <>
                {' '}
                <a href="/dead-letters">{t.pages.deadLetters}</a>
              </>
            )}
          </p>
        </div>
      ))}
    </div>
  );
}

function Services({ services, missing }: Pick<Health, 'services' | 'missing'>) {
  const { t } = useText();
  const known = services.filter(({ name }) => !missing.includes(name));
  const toneOf = (nodes: number, silent: number) => (nodes === 0 ? 'bad' : silent > 0 ? 'warn' : 'ok');
  return (
    <section class="card" aria-label={t.system.services}>
      <ul class="tiles">
        {[...missing.map((name) => ({ name, nodes: 0, silent: 0 })), ...known].map(
          ({ name, nodes, silent }) => (
            <li key={name}>
              <span class={`dot ${toneOf(nodes, silent)}`}>
                <b>{name}</b>
              </span>
              <small>
                {nodes === 0 ? t.system.noNode : t.system.nodes(nodes)}
                {silent > 0 && ` · ${t.system.silent(silent)}`}
              </small>
            </li>
          ),
        )}
      </ul>
    </section>
  );
}

function Mails({ mails }: Pick<Health, 'mails'>) {
  const { t, f } = useText();
  const failed = (mails?.failed.count ?? 0) > 0;
  return (
    <Card title={t.pages.mails} actions={<a href="/mails">{t.system.allMails}</a>}>
      <dl class="kv">
        <dt>{t.mails.states.queued}</dt>
        <dd>
          <a href={hrefOf('/mails', { status: 'queued' })}>{f.capped(mails?.queued)}</a>
        </dd>
        <dt>{t.system.oldestMail}</dt>
        <dd>{mails === null ? f.count(undefined) : <Time at={mails.oldestQueuedAt} />}</dd>
        <dt>{t.mails.states.failed}</dt>
        <dd>
          <a class={failed ? 'neg' : undefined} href={hrefOf('/mails', { status: 'failed' })}>
            {f.capped(mails?.failed)}
          </a>
        </dd>
      </dl>
    </Card>
  );
}
