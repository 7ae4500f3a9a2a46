/** The text of a verification of the journal, for a person. */
import type { Finding, ShownPosting, Verification } from './seal-verify.ts';

/** Maximum number of closed days that are listed. Earlier ones are only counted. */
const DAYS_SHOWN = 5;

/**
 * `journal` names the verified journal. `streamRead` is true if the heads were compared with the
 * published ones. Otherwise it is the reason why not.
 */
export function reportLines(journal: string, result: Verification, streamRead: true | string): string[] {
  const lines = [
    ...(result.found === 0 ? [`The journal of ${journal} is intact.`] : verdict(journal, result)),
    '',
    ...figures(result),
    ...days(result, streamRead),
    `took            ${(result.ms / 1_000).toFixed(1)} s, ${count(Math.round((result.postings / result.ms) * 1_000))} postings a second`,
  ];
  return lines.map(shown);
}

/**
 * Characters that control a terminal, or break or reverse a line. An attacker who writes into the
 * tables could fake the report with them.
 */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const shown = (line: string): string =>
  line.replace(STEERING, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

function verdict(journal: string, { findings, found, shown }: Verification): string[] {
  const [first, ...more] = findings;
  if (first === undefined) return [];
  const left = found - findings.length;
  return [
    `The journal of ${journal} WAS TAMPERED WITH. First:`,
    '',
    `  ${described(first)}`,
    ...(shown === undefined ? [] : details(shown)),
    ...(more.length === 0 ? [] : ['', 'Then:', '', ...more.map((finding) => `  ${described(finding)}`)]),
    ...(left === 0 ? [] : [`  and ${count(left)} more`]),
  ];
}

/** Describes a finding in a sentence. */
export function described(finding: Finding): string {
  switch (finding.kind) {
    case 'changed':
      return `posting ${finding.position} was changed after it was sealed, in block ${finding.block}`;
    case 'removed':
      return `posting ${finding.position} was removed after it was sealed, in block ${finding.block}`;
    case 'added':
      return `posting ${finding.position} was added within the sealed part, among the postings of block ${finding.block}`;
    case 'undrawn':
      return `posting ${finding.position} is at a position that the journal never drew, where nothing is sealed`;
    case 'unbalanced':
      return `the entries of posting ${finding.position} do not sum to zero`;
    case 'block-changed':
      return `block ${finding.block} of the seal (postings ${finding.first} to ${finding.last}) does not fit its hash: it was changed, or the one before it`;
    case 'blocks-removed':
      return `blocks ${finding.from} to ${finding.to} of the seal were removed`;
    case 'block-stray':
      return `block ${finding.block} of the seal was added: no chain has such a number`;
    case 'head-unknown':
      return `the head that ${finding.day} was ${finding.published ? 'published' : 'closed'} with is not in the chain: ${finding.head}`;
    case 'head-differs':
      return `${finding.day} was published with the head ${finding.published}, and has ${finding.head} in the books`;
    case 'day-not-closed':
      return `${finding.day} was published as closed, and is not closed in the books`;
    case 'day-beyond-head':
      return `entries of ${finding.day} are not covered by the head that it was closed with`;
    case 'day-entries':
      return `${finding.day} was closed with ${count(finding.recorded)} entries, and has ${count(finding.found)}`;
    case 'balance':
      return `the account ${finding.account} has the balance ${finding.balance ?? 'none'}, but its entries sum to ${finding.sum}`;
    default:
      return finding satisfies never;
  }
}

function details({ publicId, key, kind, title, businessDay, postedAt, legs }: ShownPosting): string[] {
  const what = title === null ? kind : `${kind}, ${JSON.stringify(title)}`;
  return [
    `    as it is now: ${what}; business day ${businessDay}, posted at ${postedAt}`,
    `    id ${publicId}, key ${key}`,
    ...legs.map(({ account, amount }) => `    ${account}: ${amount}`),
  ];
}

function figures(result: Verification): string[] {
  const { findings, postings, entries, blocks, unsealed, total, accounts, head } = result;
  const balances = findings.some(({ kind }) => kind === 'balance') ? 'NOT all equal' : 'all equal';
  const open = unsealed === 0 ? 'all sealed' : `${count(unsealed)} not sealed yet`;
  return [
    `postings        ${count(postings)}, ${open}, in ${count(blocks)} blocks`,
    `entries         ${count(entries)}`,
    `sum of entries  ${total}`,
    `balances        ${count(accounts)} accounts, ${balances} to the sums of their entries`,
    `head of chain   ${head}`,
  ];
}

function days({ days: closed }: Verification, streamRead: true | string): string[] {
  const notCompared = streamRead === true ? '' : `, not held against the published ones: ${streamRead}`;
  const shown = closed.slice(-DAYS_SHOWN);
  const left = closed.length - shown.length;
  return [
    `heads of days   ${count(closed.length)} closed${notCompared}`,
    ...(left === 0 ? [] : [`  ${count(left)} earlier ones`]),
    ...shown.flatMap(({ day, head, entries, block, published }) => {
      const where = block === undefined ? 'NOT in the chain' : `block ${block}`;
      const is = published ? ', published' : '';
      return [`  ${day}    ${head}`, `                ${where}, ${count(entries)} entries${is}`];
    }),
  ];
}

const count = (number: number): string => number.toLocaleString('en');
