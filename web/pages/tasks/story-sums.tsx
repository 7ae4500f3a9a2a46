/** Beside the money story: its sums, and the proof that nobody has changed it. */
import { useGet } from '../../api/queries.ts';
import { useUser } from '../../frame/user.tsx';
import { Who } from '../../frame/who.tsx';
import { Card } from '../../kit/card.tsx';
import { Icon } from '../../kit/icon.tsx';
import { Change, Short, Time } from '../../kit/value.tsx';
import { useText } from '../../text/text.tsx';
import { type Line, sumsByPerson, sumsOf } from './story.ts';

interface Props {
  readonly lines: readonly Line[];
  /** Only the reader's own lines are here, so nothing can be said about the company. */
  readonly isOwnOnly: boolean;
}

export function CameTo({ lines, isOwnOnly }: Props) {
  const { t, f } = useText();
  if (lines.length === 0) return null;
  const { draws, fees, rewards, others, net } = sumsOf(lines);
  const people = sumsByPerson(lines);
  // The company earns what the employees lose.
  const sign = isOwnOnly ? 1 : -1;
  return (
    <>
      <Card title={isOwnOnly ? t.story.forYou : t.story.cameTo} note={f.measures.currency}>
        <dl class="kv">
          <dt>{t.story.feesOf(draws)}</dt>
          <dd>
            <Change of={sign * fees} />
          </dd>
          <dt>{t.story.reward}</dt>
          <dd>
            <Change of={sign * rewards} />
          </dd>
          {others !== 0 && (
            <>
              <dt>{t.story.others}</dt>
              <dd>
                <Change of={sign * others} />
              </dd>
            </>
          )}
          <dt class="sum">{isOwnOnly ? t.story.net : t.story.earned}</dt>
          <dd class="sum">
            <Change of={sign * net} />
          </dd>
        </dl>
      </Card>
      {!isOwnOnly && (
        <Card title={t.story.byPerson}>
          <table class="tight">
            <thead>
              <tr>
                <th>{t.story.person}</th>
                <th class="n">{t.story.fees}</th>
                <th class="n">{t.story.reward}</th>
                <th class="n">{t.story.net}</th>
              </tr>
            </thead>
            <tbody>
              {people.map(({ person, sums }) => (
                <tr key={person.id}>
                  <td>
                    <Who person={person} />
                  </td>
                  <td class="n">{f.change(sums.fees)}</td>
                  <td class="n">{f.change(sums.rewards)}</td>
                  <td class="n">
                    <Change of={sums.net} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
    </>
  );
}

export function Proof({ lines, id }: { lines: readonly Line[]; id: string }) {
  const { t, f } = useText();
  const user = useUser();
  const sealed = lines.filter(({ block }) => block !== null).length;
  const books = useGet('/analytics/reconciliation/latest', {}, { enabled: user.is('accountant', 'admin') });
  const { consistent, checkedAt } = books.data ?? {};
  return (
    <Card title={t.story.proof}>
      <dl class="kv">
        {lines.length > 0 && (
          <>
            <dt>{t.story.linesSealed}</dt>
            <dd class={sealed === lines.length ? 'pos' : undefined}>
              {sealed === lines.length && <Icon name="lock" />}{' '}
              {t.story.sealedOf(f.count(sealed), f.count(lines.length))}
            </dd>
          </>
        )}
        {consistent === true && (
          <>
            <dt>{t.badge.agree}</dt>
            <dd>
              <Time at={checkedAt} />
            </dd>
          </>
        )}
        {consistent === false && (
          <>
            <dt class="neg">{t.badge.differ}</dt>
            <dd>
              <Time at={checkedAt} />
            </dd>
          </>
        )}
        <dt>{t.story.id}</dt>
        <dd>
          <Short of={id} />
        </dd>
      </dl>
    </Card>
  );
}
