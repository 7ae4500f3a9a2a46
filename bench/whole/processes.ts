/** Processor time and memory of a process and all its descendants, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { behindName, commandLineOf } from '../../scripts/launcher/process.ts';

/** Linux reports processor times in ticks of 10 ms on every platform. */
const TICK_MS = 10;
const KIB_A_MB = 1e6 / 1024;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Of the process and of its descendants that have ended. */
  readonly processorMs: number;
}

/** The process and its descendants. */
export function treeOf(root: number): ProcessFacts[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const facts = all.flatMap((name) => factsOf(Number(name)) ?? []);
  const tree = facts.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...facts.filter(({ parent }) => parent === pid));
  return tree;
}

/** Null for a process that has just ended. */
function factsOf(pid: number): ProcessFacts | null {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = behindName(stat);
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), command: commandLineOf(pid), processorMs: ticks * TICK_MS };
}

/** Processor time of all these processes so far, in milliseconds, in user and in system mode. */
export function processorMs(tree: readonly ProcessFacts[]): number {
  return tree.reduce((sum, process) => sum + process.processorMs, 0);
}

/** Processor time of the bench's own children that have ended, in milliseconds. */
export function endedChildrenMs(): number {
  const fields = behindName(readText('/proc/self/stat') ?? '');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

export interface Memory {
  readonly name: string;
  /** In MB. */
  readonly resident: number;
}

/**
 * Resident memory of each process. PostgreSQL is one item: the sum of the proportional shares of
 * its processes, because they share buffers.
 */
export function memoryOf(tree: readonly ProcessFacts[]): Memory[] {
  const postgres = tree.filter(({ command }) => command.includes('postgres'));
  const others = tree.filter((process) => !postgres.includes(process));
  const shares = postgres.map(({ pid }) => field(`/proc/${pid}/smaps_rollup`, 'Pss'));
  return [
    ...others.map(({ pid, command }) => ({
      name: nameOf(command),
      resident: field(`/proc/${pid}/status`, 'VmRSS') / KIB_A_MB,
    })),
    { name: 'PostgreSQL', resident: shares.reduce((sum, kib) => sum + kib, 0) / KIB_A_MB },
  ];
}

/** The script that Node runs, and the services of the process; otherwise the program. */
function nameOf(command: string): string {
  const words = command.split(' ').map((word) => word.replace(/.*\//, ''));
  const script = words.find((word) => /^[\w-]+\.(ts|mjs)$/.test(word) && word !== 'compile-cache.mjs');
  const services = words.filter((word) => word.endsWith('.service.ts'));
  const names = services.map((word) => word.replace('.service.ts', ''));
  return [script ?? words[0] ?? '', ...names].join(' ');
}

/** A field of a file such as `VmRSS:   1234 kB`, in KiB; 0 if the process has ended. */
function field(path: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readText(path) ?? '')?.[1] ?? 0);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
