/** The block of the hash chain that seals a line, and what is in it (M5). */
import { useState } from 'preact/hooks';
import { useGet } from '../api/queries.ts';
import { Block } from '../kit/block.tsx';
import { Dialog } from '../kit/form.tsx';
import { Time } from '../kit/value.tsx';
import { useText } from '../text/text.tsx';

/** Null: not sealed yet. */
export function SealBlock({ number }: { number: number | null }) {
  const { t, f } = useText();
  const [isOpen, open] = useState(false);
  if (number === null) return <>{t.seal.notYet}</>;
  return (
    <>
      {t.seal.block}{' '}
      <button class="linkb mono" type="button" onClick={() => open(true)}>
        {f.count(number)}
      </button>{' '}
      · {t.seal.sealed}
      {isOpen && <BlockDialog number={number} onClose={() => open(false)} />}
    </>
  );
}

function BlockDialog({ number, onClose }: { number: number; onClose: () => void }) {
  const { t, f } = useText();
  const block = useGet('/accounting/seal/blocks/{number}', { path: { number: String(number) } });
  return (
    <Dialog title={`${t.seal.block} ${f.count(number)}`} onClose={onClose}>
      <p>{t.seal.what}</p>
      <Block query={block} height={150}>
        {({ postings, sealedAt, hash, previousHash }) => (
          <dl class="kv plain">
            <dt>{t.seal.postings}</dt>
            <dd>{f.count(postings)}</dd>
            <dt>{t.seal.sealedAt}</dt>
            <dd>
              <Time at={sealedAt} form="full" />
            </dd>
            <dt>{t.seal.hash}</dt>
            <dd class="mono">{hash}</dd>
            <dt>{t.seal.previous}</dt>
            <dd class="mono">{previousHash}</dd>
          </dl>
        )}
      </Block>
      <div class="actions">
        <button class="btn" type="button" onClick={onClose}>
          {t.command.close}
        </button>
      </div>
    </Dialog>
  );
}
