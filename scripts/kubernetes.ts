/**
 * `npm run kubernetes` writes those manifests of `deploy/kubernetes/` that follow from the
 * product's services: Deployments, disruption budgets, the provisioning step and autoscalers. All
 * other manifests there are written by hand. A test compares.
 */
import { writeFileSync } from 'node:fs';
import { readConfig } from '../config.ts';
import { generatedManifests } from './kubernetes/generated.ts';
import { exitWith } from './launcher/explain.ts';
import { answerHelp } from './launcher/help.ts';

const USAGE = `Usage: npm run kubernetes

Writes the manifests of deploy/kubernetes/ that follow from the product's services.`;

async function main(): Promise<number> {
  const { product } = readConfig(process.env);
  for (const [name, text] of await generatedManifests(product)) {
    writeFileSync(new URL(`../${name}`, import.meta.url), text);
    console.log(name);
  }
  return 0;
}

answerHelp(USAGE);
await exitWith(main());
