/** Files that the API makes, which the browser saves. */
import { problemOf } from './problems.ts';
import { Refused, session } from './session.ts';

const CSV = 'text/csv';

/**
 * Saves a list as a CSV file with all rows that match `query` (WEB-9). `path` is below the base of
 * the API. Throws `Refused`, and `TypeError` where the server does not answer.
 */
export async function saveCsv(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  fileName: string,
): Promise<void> {
  const known = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const url = `/api/v1${path}?${new URLSearchParams(known)}`;
  const token = await session.accessToken();
  let answer = await ask(url, token);
  if (answer.status === 401 && token !== null) answer = await ask(url, await session.insteadOf(token));
  if (!answer.ok) throw new Refused(await problemOf(answer));
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}

const ask = (url: string, token: string | null): Promise<Response> =>
  fetch(url, { headers: { accept: CSV, ...(token !== null && { authorization: `Bearer ${token}` }) } });
