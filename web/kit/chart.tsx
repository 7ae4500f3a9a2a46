/** A chart of bars by day, as SVG (WEB-14). The same numbers stand in a table. */
import { useState } from 'preact/hooks';
import { useText } from '../text/text.tsx';
import { Card } from './card.tsx';
import { Change } from './value.tsx';

interface Bar {
  readonly day: string;
  readonly value: number;
  /** The day is not over. */
  readonly isOpen: boolean;
}

const WIDTH = 700;
const HEIGHT = 150;
const EDGE = 10;

/** `bars`: the oldest day first. `name` says in a sentence what the chart shows. */
export function DayChart({ title, name, bars }: { title: string; name: string; bars: readonly Bar[] }) {
  const { t, f } = useText();
  const [isTable, setTable] = useState(false);
  const highest = Math.max(0, ...bars.map(({ value }) => value));
  const lowest = Math.min(0, ...bars.map(({ value }) => value));
  const range = highest - lowest || 1;
  const y = (value: number) => EDGE + ((highest - value) / range) * (HEIGHT - 2 * EDGE);
  const step = WIDTH / Math.max(1, bars.length);
  return (
    <Card
      title={title}
      note={f.measures.currency}
      actions={
        <button class="btn s" type="button" onClick={() => setTable(!isTable)}>
          {isTable ? t.block.asChart : t.block.asTable}
        </button>
      }
    >
      {isTable ? (
        <table>
          <tbody>
            {bars.map(({ day, value }) => (
              <tr key={day}>
                <td>{f.day(day)}</td>
                <td class="n">
                  <Change of={value} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <div class="chart">
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={name}>
            <path class="ax" d={`M0 ${y(0)}H${WIDTH}`} />
            {bars.map(({ day, value, isOpen }, index) => (
              <rect
                key={day}
                class={`bar${value < 0 ? ' m' : ''}${isOpen ? ' open' : ''}`}
                x={index * step + step * 0.22}
                y={Math.min(y(0), y(value))}
                width={step * 0.56}
                height={Math.max(1, Math.abs(y(value) - y(0)))}
              />
            ))}
          </svg>
        </div>
      )}
      <div class="foot">
        <span>{name}</span>
      </div>
    </Card>
  );
}
