/** What operators have beside moleculer-repl's own commands, in the order in which `help` shows them. */
import type { Command } from './command.ts';
import { consumers, resume } from './consumers.ts';
import { day } from './day.ts';
import { verify } from './ledger.ts';
import { discard, letter, letters, redrive } from './letters.ts';
import { loops } from './loops.ts';
import { orphans, outboxes, refused, resend } from './outboxes.ts';
import { rebuild } from './rebuild.ts';
import { reconcile } from './reconcile.ts';
import { shuffles } from './shuffles.ts';

export const COMMANDS: readonly Command[] = [
  consumers,
  resume,
  loops,
  letters,
  letter,
  redrive,
  discard,
  outboxes,
  refused,
  resend,
  orphans,
  shuffles,
  day,
  verify,
  reconcile,
  rebuild,
];
