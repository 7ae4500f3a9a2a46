/** A person, with a link to what the reader may see of that person. */
import { hrefOf } from '../kit/link.tsx';
import { You } from '../kit/value.tsx';
import { useUser } from './user.tsx';

interface Props {
  readonly person: { readonly id: string; readonly name: string };
  /** The link is the one of its row. */
  readonly isRow?: boolean;
}

export function Who({ person: { id, name }, isRow = false }: Props) {
  const user = useUser();
  const isMe = id === user.id;
  const href = isMe
    ? '/account'
    : user.is('accountant', 'admin')
      ? `/accounts/${id}`
      : user.is('manager')
        ? hrefOf('/tasks', { assignee: id })
        : undefined;
  return (
    <>
      {href === undefined ? (
        name
      ) : (
        <a href={href} {...(isRow ? { 'data-row': true } : {})}>
          {name}
        </a>
      )}
      {isMe && (
        <>
          {' '}
          <You />
        </>
      )}
    </>
  );
}
