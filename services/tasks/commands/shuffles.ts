/** Lists shuffles, shows the progress of one, and starts one. */
import { type Command, timeText } from '#mixins/repl/command.ts';
import { orNone, Refusal } from '#mixins/repl/explain.ts';
import type { ShuffleView, StoredShuffle } from '../shuffles/shuffle.ts';

export const shuffles: Command = {
  command: 'shuffles [id]',
  description: 'List the newest shuffles, or show the progress of one',
  place: 210,
  options: [
    { option: '--start', description: 'start a shuffle: every open task is drawn again, and charged' },
  ],
  async run(cluster, { operands: [id], options }, print) {
    if (options.start !== undefined) {
      if (id !== undefined) throw new Refusal('A new shuffle has no id yet: shuffles --start');
      const started = await cluster.act<ShuffleView>('tasks', 'shuffles.start');
      return print.line(
        `Shuffle ${started.id} of ${started.total} tasks has begun. How far it is: shuffles ${started.id}`,
      );
    }
    if (id !== undefined) {
      if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
        throw new Refusal(`${id} is no id of a shuffle. See: shuffles`);
      const { status, done, total } = await orNone(
        cluster.ask<ShuffleView>('tasks', 'shuffles.get', { id }),
        `There was no shuffle ${id}`,
      );
      return print.line(`Shuffle ${id} is ${status}: ${done} of ${total} tasks drawn`);
    }
    const newest = await cluster.ask<StoredShuffle[]>('tasks', 'shuffles.list');
    print.table(
      ['Id', 'Status', 'Drawn', 'Of', 'Requested', 'By', 'Completed'],
      newest.map((shuffle) => [
        shuffle.id,
        shuffle.status,
        String(shuffle.done),
        String(shuffle.total),
        timeText(shuffle.requestedAt),
        shuffle.requestedById,
        timeText(shuffle.completedAt),
      ]),
      'There was no shuffle yet. Start one: shuffles --start',
    );
  },
};
