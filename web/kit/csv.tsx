/** Saves a list as a file (WEB-9). */
import { saveCsv } from '../api/download.ts';
import { useCommand } from '../api/queries.ts';
import { useText } from '../text/text.tsx';
import { Outcome } from './form.tsx';

interface Props {
  /** The route of the list, below the base of the API. */
  readonly path: string;
  /** The filter of the list, without its cursor and limit. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** The name of the file without its ending. */
  readonly name: string;
}

export function Csv({ path, query = {}, name }: Props) {
  const { t } = useText();
  const { state, isBusy, run } = useCommand(() => saveCsv(path, query, `${name}.csv`));
  return (
    <>
      <Outcome state={state} />
      <button class="btn s" type="button" disabled={isBusy} onClick={() => void run(undefined)}>
        {t.block.csv}
      </button>
    </>
  );
}
