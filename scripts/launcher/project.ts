import { readFileSync } from 'node:fs';

const PACKAGE = new URL('../../package.json', import.meta.url);

/** The name of this project: part of the names of what it keeps outside of data folders. */
export const PROJECT: string = JSON.parse(readFileSync(PACKAGE, 'utf8')).name;
