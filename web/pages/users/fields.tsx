/** Fields of an account, and the code that its owner gets. */
import { useState } from 'preact/hooks';
import { useGet } from '../../api/queries.ts';
import { Field } from '../../kit/form.tsx';
import { useText } from '../../text/text.tsx';

/** The roles that the system uses. An account may have others, which other applications use. */
const ROLES = ['developer', 'boss', 'manager', 'accountant', 'admin'] as const;

interface RolesProps {
  readonly value: readonly string[];
  readonly error?: string | undefined;
  readonly onChange: (roles: readonly string[]) => void;
}

export function RolesField({ value, error, onChange }: RolesProps) {
  const { t } = useText();
  const [known] = useState(() => [...new Set<string>([...ROLES, ...value])]);
  return (
    <fieldset class="field">
      <legend>{t.users.roles}</legend>
      {known.map((role) => (
        <label key={role} class="check">
          <input
            type="checkbox"
            checked={value.includes(role)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...value, role] : value.filter((each) => each !== role))
            }
          />
          <span>
            {t.roles[role] ?? role} <span class="mut">{t.users.roleHints[role]}</span>
          </span>
        </label>
      ))}
      <small class={error === undefined ? undefined : 'neg'}>{error}</small>
    </fieldset>
  );
}

interface LocaleProps {
  /** Two letters; empty for the language of the system. */
  readonly value: string;
  readonly error?: string | undefined;
  readonly onChange: (locale: string) => void;
}

export function LocaleField({ value, error, onChange }: LocaleProps) {
  const { t } = useText();
  const { data } = useGet('/meta');
  const known = [...new Set([...(data?.locales ?? []), ...(value === '' ? [] : [value])])];
  return (
    <Field label={t.users.locale} error={error}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{t.users.localeOfSystem}</option>
          {known.map((locale) => (
            <option key={locale} value={locale}>
              {t.languages[locale] ?? locale}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/**
 * A code that is shown once. It is null after a repeated request, because only the first answer has
 * it.
 */
export function OnceCode({ code, expiresAt }: { code: string | null; expiresAt?: string }) {
  const { t, f } = useText();
  const [isCopied, setCopied] = useState(false);
  if (code === null) return <p class="note">{t.users.codeLost}</p>;
  const copy = () => navigator.clipboard.writeText(code).then(() => setCopied(true));
  return (
    <>
      <p>
        {t.users.codeOnce} {expiresAt === undefined ? t.users.codeDays : t.users.codeUntil(f.full(expiresAt))}
      </p>
      <p class="code">
        <code>{code}</code>
        <button class="btn s" type="button" onClick={() => void copy()}>
          {isCopied ? t.command.copied : t.command.copy}
        </button>
      </p>
      <p class="mut">{t.users.codeHow(`${location.origin}/activate`)}</p>
    </>
  );
}
