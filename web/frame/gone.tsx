/** In place of a page that does not exist, or that the user's roles may not open. */
import { Card } from '../kit/card.tsx';
import { useText } from '../text/text.tsx';
import { Head } from './head.tsx';

interface Props {
  readonly why?: 'notFound' | 'notFoundItem' | 'forbidden';
  /** Who may open it. */
  readonly roles?: readonly string[];
  /** In place of the usual sentence. */
  readonly sentence?: string;
}

export function Gone({ why = 'notFound', roles = [], sentence }: Props) {
  const { t } = useText();
  const usual =
    why === 'forbidden'
      ? t.gone.forbidden(roles.map((role) => t.roles[role] ?? role).join(', '))
      : t.gone[why];
  return (
    <>
      <Head title={why === 'forbidden' ? t.pages.forbidden : t.pages.notFound} />
      <Card>
        <div class="state">
          <p>{sentence ?? usual}</p>
          <a class="btn" href="/">
            {t.gone.home}
          </a>
        </div>
      </Card>
    </>
  );
}
