/**
 * Keys for people who work much (WEB-8). They never act in fields and dialogs, and can be turned
 * off. `j` and `k` move the focus between the links of rows (`data-row`), so that Enter opens one.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Dialog } from '../kit/form.tsx';
import { useText } from '../text/text.tsx';

const KEPT = 'keys';
/** How long `g` waits for its second key, in milliseconds. */
const GO_MS = 1_500;

type Actions = Readonly<Record<string, () => void>>;
const pageActions = new Set<{ current: Actions }>();

/** Keys of one page, while it is open. */
export function useKeys(actions: Actions): void {
  const kept = useRef(actions);
  kept.current = actions;
  useEffect(() => {
    pageActions.add(kept);
    return () => {
      pageActions.delete(kept);
    };
  }, []);
}

export const keysAreOn = (): boolean => localStorage.getItem(KEPT) !== 'off';
export const turnKeys = (isOn: boolean): void => localStorage.setItem(KEPT, isOn ? 'on' : 'off');

function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const now = rows.indexOf(document.activeElement as HTMLElement);
  const next = now === -1 ? (by === 1 ? 0 : rows.length - 1) : now + by;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

/** Presses the button of the focused row. */
function pressInRow(selector: string): void {
  document.activeElement?.closest('tr')?.querySelector<HTMLElement>(selector)?.click();
}

interface Props {
  readonly onFind: () => void;
  /** The page of each key after `g`. */
  readonly goTo: ReadonlyMap<string, string>;
}

/** Hears the keys, and shows the list of them. */
export function Keys({ onFind, goTo }: Props) {
  const { t } = useText();
  const { route } = useLocation();
  const [isHelp, setHelp] = useState(false);
  const goneAt = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      const target = event.target as HTMLElement;
      const isField = target.matches('input, textarea, select, [contenteditable]');
      if (ctrlKey || metaKey || altKey || isField || !keysAreOn()) return;
      if (document.querySelector('dialog[open]') !== null) return;
      if (Date.now() - goneAt.current < GO_MS) {
        goneAt.current = 0;
        const page = goTo.get(key);
        if (page === undefined) return;
        event.preventDefault();
        route(page);
        return;
      }
      const actions: Actions = {
        j: () => moveRow(1),
        k: () => moveRow(-1),
        c: () => pressInRow('[data-complete]'),
        g: () => {
          goneAt.current = Date.now();
        },
        '/': onFind,
        '?': () => setHelp(true),
        ...Object.assign({}, ...[...pageActions].map(({ current }) => current)),
      };
      const action = Object.hasOwn(actions, key) ? actions[key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [onFind, goTo, route]);
  if (!isHelp) return null;
  const rows: readonly (readonly [string, string])[] = [
    ['j k', t.keys.move],
    ['Enter', t.keys.open],
    ['c', t.keys.complete],
    ['n', t.keys.create],
    ['/', t.keys.search],
    ['g', t.keys.go],
    ['?', t.keys.help],
  ];
  return (
    <Dialog title={t.keys.title} onClose={() => setHelp(false)}>
      <table>
        <tbody>
          {rows.map(([key, what]) => (
            <tr key={key}>
              <td class="nowrap">
                <kbd>{key}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="actions">
        <button
          class="btn"
          type="button"
          onClick={() => {
            turnKeys(false);
            setHelp(false);
          }}
        >
          {t.keys.off}
        </button>
        <button class="btn" type="button" onClick={() => setHelp(false)}>
          {t.command.close}
        </button>
      </div>
    </Dialog>
  );
}
