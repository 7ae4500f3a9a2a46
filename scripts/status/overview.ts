/** The status of a system as text: first what is wrong, then an overview. Pure. */
import type { Status } from './read-status.client.ts';

const INDENT = '  ';
const HEAD = ['Service', 'Nodes', 'Consumers', 'Lag', 'Dead letters', 'Loops', 'Outbox'] as const;

/** No line is longer than `width`, from 80 on. */
export function statusLines(name: string, status: Status, width: number): string[] {
  const { troubles } = status;
  return [
    troubles.length === 0 ? `${name}: all is well` : `${name}: something is wrong`,
    ...troubles.flatMap((trouble) => wrapped(trouble, width)),
    '',
    ...columns([HEAD, ...status.services.map(({ name: service }) => rowOf(status, service))]),
    '',
    ...Object.entries(status.figures).map(([label, value]) => `${label.padEnd(20)}${value}`),
  ];
}

function rowOf(status: Status, service: string): string[] {
  const isOwn = (item: { readonly service: string }) => item.service === service;
  const consumers = status.consumers.filter(isOwn);
  const loops = status.loops.filter(isOwn);
  const outbox = status.outboxes.find(isOwn);
  const lag = consumers.reduce((total, { pending }) => total + (pending ?? Number.NaN), 0);
  const letters = status.deadLetters.filter(isOwn).reduce((total, { count }) => total + count, 0);
  return [
    service,
    String(status.services.find(({ name }) => name === service)?.nodes ?? 0),
    ratio(consumers.map(({ state }) => state === 'running')),
    consumers.length === 0 ? '-' : String(lag).replace('NaN', '?'),
    consumers.length + loops.length === 0 ? '-' : String(letters),
    ratio(loops.map(({ state }) => state !== 'stalled')),
    outbox === undefined ? '-' : String(outbox.waiting),
  ];
}

/** How many of them are well. */
function ratio(well: readonly boolean[]): string {
  if (well.length === 0) return '-';
  const count = well.filter(Boolean).length;
  return count === well.length ? String(count) : `${count} of ${well.length}`;
}

/** The first column is text, the others are numbers. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(INDENT),
  );
}

/** Words that are longer than a line are cut. Texts of others must not control the terminal. */
export function wrapped(text: string, width: number): string[] {
  const room = width - INDENT.length * 2;
  const words = text.replaceAll(/\p{Cc}+/gu, ' ').split(' ');
  const lines: string[] = [];
  for (const word of words.flatMap((each) => each.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `${INDENT}${index === 0 ? '' : INDENT}${line}`);
}
