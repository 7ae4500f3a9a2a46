/** One run: the scene, and the measurements that several parts share. Each is taken once. */

import { measureBareServer } from './bare.ts';
import { type Creation, measureCreation } from './creation.ts';
import type { LoadFigures } from './load.ts';
import { measureTpcB, type TpcB } from './pgbench.ts';
import type { Scene } from './scene.ts';

export interface Run extends Scene {
  /** B1 */
  b1(): Promise<TpcB>;
  /** B4 */
  b4(): Promise<LoadFigures>;
  /** S1. Other parts need its rate. */
  creation(): Promise<Creation>;
}

export function runOn(scene: Scene): Run {
  const { system, amounts } = scene;
  return {
    ...scene,
    b1: once(() => measureTpcB(system, amounts.loadSeconds)),
    b4: once(() => measureBareServer(scene)),
    creation: once(() => measureCreation(scene)),
  };
}

function once<Result>(measure: () => Promise<Result>): () => Promise<Result> {
  let measured: Promise<Result> | undefined;
  return () => {
    measured ??= measure();
    return measured;
  };
}
