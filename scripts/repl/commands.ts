/** What operators have beside moleculer-repl's own commands, in the order in which `help` shows them. */
import type { Command } from '#mixins/repl/command.ts';
import { day } from '../../services/accounting/commands/day.ts';
import { verify } from '../../services/accounting/commands/verify.ts';
import { rebuild } from '../../services/analytics/commands/rebuild.ts';
import { reconcile } from '../../services/reconciliation/commands/reconcile.ts';
import { shuffles } from '../../services/tasks/commands/shuffles.ts';
import { consumers, resume } from './commands/consumers.ts';
import { discard, letter, letters, redrive } from './commands/letters.ts';
import { loops } from './commands/loops.ts';
import { orphans, outboxes, refused, resend } from './commands/outboxes.ts';

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
