/** The steps of a money story, by business day. */
import type { UseQueryResult } from '@tanstack/preact-query';
import { type ComponentChildren, Fragment } from 'preact';
import type { Item } from '#client';
import { SealBlock } from '../../frame/seal-block.tsx';
import { useUser } from '../../frame/user.tsx';
import { Who } from '../../frame/who.tsx';
import { Block } from '../../kit/block.tsx';
import { Amount, Change, Short, Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { type Awaited, type Book, isLate as isLateLine, type Step } from './story.ts';

interface Props {
  readonly steps: readonly Step[];
  readonly awaited: readonly Awaited[];
  /** What is awaited has not come for some time. */
  readonly isLate: boolean;
  readonly shuffles: ReadonlyMap<string, Item<'/tasks/shuffles'>>;
  readonly isOwnOnly: boolean;
  /** A service that has a part of the story does not answer. */
  readonly isPartial: boolean;
  readonly book: Pick<UseQueryResult<Book | null, Error>, 'data' | 'error' | 'dataUpdatedAt' | 'refetch'>;
}

export function StoryList({ steps, awaited, isLate, shuffles, isOwnOnly, isPartial, book }: Props) {
  const { t, f } = useText();
  const { currency, timeZone } = f.measures;
  let shownDay: string | undefined;
  const lines = book.data?.lines ?? [];
  const reward = lines.find(({ kind }) => kind === 'reward');
  return (
    <section class="card" aria-label={t.story.title}>
      <header>
        <h2>{t.story.title}</h2>
        <span class="mut">{t.story.note(currency)}</span>
      </header>
      {book.error !== null && <Block query={book}>{() => null}</Block>}
      <ol class="story">
        <li class="hd" aria-hidden="true">
          <span />
          <span />
          <span />
          <span class="n">{t.story.amount}</span>
          <span class="n">{t.story.balance}</span>
        </li>
        {steps.map((step) => {
          const isNewDay = step.businessDay !== undefined && step.businessDay !== shownDay;
          shownDay = step.businessDay ?? shownDay;
          return (
            <Fragment key={step.key}>
              {isNewDay && <li class="day">{t.story.businessDay(f.dayWithWeek(step.businessDay ?? ''))}</li>}
              <Shown step={step} day={shownDay} shuffles={shuffles} />
            </Fragment>
          );
        })}
        {awaited.map(({ kind, employee }, index) => (
          <li class="awaited" key={`${kind} ${index}`}>
            <span />
            <i />
            <div role="status">
              <b>{t.story.kinds[kind]}</b> {t.story.booked(<Who person={employee} />)}
              <small>{isLate ? t.story.isLate : t.story.coming}</small>
            </div>
          </li>
        ))}
        {reward?.payout === null && (
          <li class="awaited">
            <span />
            <i />
            <div>
              <b>{t.story.kinds.payout}</b>
              <small>{t.story.payoutComing}</small>
            </div>
          </li>
        )}
      </ol>
      <div class="foot">
        <span>
          {t.story.steps(steps.length)}, {t.story.zone(timeZone)}
          {isOwnOnly && ` · ${t.story.ownOnly}`}
        </span>
        {isPartial && <span class="warnt">{t.story.noProof}</span>}
      </div>
    </section>
  );
}

interface ShownProps {
  readonly step: Step;
  /** The business day under whose heading it stands. */
  readonly day: string | undefined;
  readonly shuffles: Props['shuffles'];
}

function Shown({ step, day, shuffles }: ShownProps) {
  const { f } = useText();
  const { at } = step;
  const { mark, amount, balance } = marksOf(step);
  return (
    <li>
      {at === null ? (
        <span />
      ) : f.dateOf(at) === day ? (
        <Time at={at} form="exact" />
      ) : (
        <Time at={at} form="second" />
      )}
      <i class={mark} />
      <div>
        <Said step={step} shuffles={shuffles} />
      </div>
      <span class="n">
        {amount !== undefined && (step.is === 'payout' ? f.change(amount) : <Change of={amount} />)}
      </span>
      <span class="n">{balance !== undefined && <Amount of={balance} />}</span>
    </li>
  );
}

function marksOf(step: Step): { mark?: string; amount?: number; balance?: number } {
  switch (step.is) {
    case 'line': {
      const { amount, balanceAfter: balance } = step.line;
      return { mark: amount < 0 ? 'm' : 'p', amount, balance };
    }
    case 'payout':
      return { mark: 's', amount: step.line.amount, balance: step.line.balanceAfter };
    case 'closed':
    case 'mail':
      return { mark: 's' };
    default:
      return {};
  }
}

function Said({ step, shuffles }: Pick<ShownProps, 'step' | 'shuffles'>): ComponentChildren {
  const { t, f } = useText();
  const user = useUser();
  switch (step.is) {
    case 'created':
      return (
        <>
          <b>{t.story.created}</b> {t.story.by(<Who person={step.by} />)}
          {step.to !== undefined && t.story.drawnTo(<Who person={step.to} />)}
        </>
      );
    case 'priced':
      return (
        <>
          <b>{t.story.priced}</b> {t.story.prices(f.amount(step.fee), f.amount(step.reward))}
        </>
      );
    case 'drawn': {
      const shuffle = step.shuffleId === null ? undefined : shuffles.get(step.shuffleId);
      return (
        <>
          <b>{t.story.drawn}</b> {t.story.to(<Who person={step.to} />)}
          {step.isSame && t.story.same}
          {shuffle !== undefined && (
            <small>
              <a class="ul" href="/shuffles">
                {t.story.shuffle(f.moment(shuffle.requestedAt))}
              </a>
              {t.story.shuffleBy(shuffle.requestedBy.name)}
            </small>
          )}
        </>
      );
    }
    case 'completed':
      return (
        <>
          <b>{t.story.completed}</b> {t.story.by(<Who person={step.by} />)}
        </>
      );
    case 'line': {
      const { kind, employee, block, occurredAt, businessDay, note, by } = step.line;
      const who = <Who person={employee} />;
      const said = kind === 'fee' ? t.story.charged : kind === 'reward' ? t.story.paid : t.story.booked;
      return (
        <>
          <b>{t.story.kinds[kind] ?? kind}</b> {said(who)}
          {note !== null && (
            <small>
              {note}
              {by !== null && ` (${by.name})`}
            </small>
          )}
          {isLateLine(step.line, f.dateOf) && (
            <small class="warnt">{t.story.late(f.second(occurredAt), f.day(businessDay))}</small>
          )}
          <small>
            <SealBlock number={block} />
          </small>
        </>
      );
    }
    case 'payout':
      return (
        <>
          <b>{t.story.kinds.payout}</b> {t.story.whole(<Who person={step.employee} />)}
          <small>{t.story.payoutOf(f.day(step.line.businessDay))}</small>
        </>
      );
    case 'closed':
      return (
        <>
          <b>
            <a href={`/days/${step.day.businessDay}`}>{t.story.closed}</a>
          </b>
          {t.story.headPublished}
          <small>
            {step.day.head !== null && <Short of={step.day.head} />} {t.story.covers}
            {step.day.block !== null && (
              <>
                {' · '}
                <SealBlock number={step.day.block} />
              </>
            )}
          </small>
        </>
      );
    case 'mail': {
      const { status, recipient, subject, id, reason } = step.mail;
      return (
        <>
          <b>{t.story.mail}</b> {t.story.mails[status](recipient)}
          <small>
            {user.is('admin') ? (
              <a class="ul" href={`/mails?id=${id}`}>
                {subject}
              </a>
            ) : (
              subject
            )}
            {reason !== null && <span class="neg"> {reason}</span>}
          </small>
        </>
      );
    }
  }
}
