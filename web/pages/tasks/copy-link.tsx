/** Copies the address of the page. */
import { useState } from 'preact/hooks';
import { useText } from '../../text/text.tsx';

export function CopyLink() {
  const { t } = useText();
  const [isCopied, setCopied] = useState(false);
  // Browsers have no clipboard on pages without https, except on this machine.
  if (navigator.clipboard === undefined) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(location.origin + location.pathname);
    setCopied(true);
  };
  return (
    <button class="btn s" type="button" onClick={() => void copy().catch(() => setCopied(false))}>
      <span role="status">{isCopied ? t.command.copied : t.command.copyLink}</span>
    </button>
  );
}
