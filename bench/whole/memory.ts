/** S9: the resident memory of each process after the loads, and before any. */
import { memoryOf, treeOf } from './processes.ts';
import type { Run } from './run.ts';
import type { Row, Target } from './table.ts';

/** A node is a process with services. */
const NODE = /^run-services\.ts/;
const LIMIT: Target = { of: 'value', bound: 'most', limit: 300 };

export async function residentMemory({ system, memoryAtStart }: Run): Promise<Row[]> {
  return memoryOf(treeOf(system.launcher)).map(({ name, resident }) => {
    const atStart = memoryAtStart.find((memory) => memory.name === name);
    return {
      id: 'S9',
      what: `memory of ${name}`,
      value: resident,
      unit: 'MB',
      ...(atStart === undefined ? {} : { baseline: { name: 'start', value: atStart.resident } }),
      ...(NODE.test(name) ? { target: LIMIT } : {}),
    };
  });
}
