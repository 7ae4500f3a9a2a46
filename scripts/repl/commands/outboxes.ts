/** Outboxes: waiting events, and events that the broker refused. */
import type { OutboxStats, RefusedEvent } from '#mixins/outbox/maintenance.ts';
import type { Ahead } from '#mixins/outbox/orphans.ts';
import type { SkippedOrphans } from '#mixins/outbox/outbox.mixin.ts';
import { type Cluster, chosenServices } from '#mixins/repl/cluster.ts';
import { type Command, timeText } from '#mixins/repl/command.ts';
import { explain, Refusal } from '#mixins/repl/explain.ts';
import { servicesWithInterventions } from '#schemas/intervention.ts';
import { loadProductEvents } from '#schemas/load.ts';

/** Refused events that one page lists. */
const PAGE = 50;

async function outboxServices(cluster: Cluster, named?: string): Promise<string[]> {
  const known = servicesWithInterventions(await loadProductEvents(cluster.config.product));
  return chosenServices(cluster, 'outbox.stats', known, named);
}

export const outboxes: Command = {
  command: 'outboxes [service]',
  description: 'Events that wait to be published: how many, how old, and how many were refused',
  place: 80,
  async run(cluster, { operands }, print) {
    const answers = await Promise.all(
      (await outboxServices(cluster, operands[0])).map(async (service) => {
        try {
          const stats = await cluster.ask<OutboxStats>(service, 'outbox.stats');
          const ahead = await cluster.ask<Ahead[]>(service, 'outbox.orphans').catch(() => []);
          return { service, stats, ahead };
        } catch (error) {
          return { service, silent: explain(error) };
        }
      }),
    );
    print.table(
      ['Outbox', 'Waiting', 'Oldest', 'Refused'],
      answers.flatMap(({ service, stats }) =>
        stats === undefined
          ? []
          : [[service, String(stats.backlog), `${stats.oldestSeconds.toFixed(1)} s`, String(stats.refused)]],
      ),
      'No node with an outbox answers.',
    );
    for (const { service, stats } of answers) {
      if (stats !== undefined && stats.refused > 0)
        print.line(`See what was refused, and why: refused ${service}`);
    }
    for (const { service, ahead = [] } of answers) {
      if (ahead.length > 0) print.line(`Streams are ahead of the restored database: orphans ${service}`);
    }
    for (const { service, silent } of answers) {
      if (silent === undefined) continue;
      print.line(`${service}: ${silent}`);
      print.failed();
    }
  },
};

export const refused: Command = {
  command: 'refused <service>',
  description: 'Events of a service that the broker refused for good, the oldest first',
  place: 90,
  options: [{ option: '--after <position>', description: 'those behind this position' }],
  async run(cluster, { operands: [named = ''], options }, print) {
    const [service = ''] = await outboxServices(cluster, named);
    const after = options.after === undefined ? 0 : position(String(options.after));
    const events = await cluster.ask<RefusedEvent[]>(service, 'outbox.refused', { after, limit: PAGE });
    print.table(
      ['Position', 'Type', 'Subject', 'Version', 'Bytes', 'Refused', 'Reason'],
      events.map((event) => [
        String(event.position),
        event.type,
        event.subject,
        String(event.sequence),
        String(event.bytes),
        timeText(event.refusedAt),
        event.reason,
      ]),
      `${service} has no refused events.`,
    );
    if (events.length === PAGE) print.line(`More: refused ${service} --after ${events.at(-1)?.position}`);
    if (events.length > 0)
      print.line(`Mend the cause, then send them again: resend ${service} --all (or positions)`);
  },
};

export const resend: Command = {
  command: 'resend <service> [positions...]',
  description: 'Send refused events of a service again, under the ids that they have',
  place: 100,
  options: [{ option: '--all', description: 'all of them' }],
  async run(cluster, { operands: [named = '', ...words], options }, print) {
    const [service = ''] = await outboxServices(cluster, named);
    if ((options.all === true) === words.length > 0) {
      throw new Refusal(
        `Name the positions (refused ${service} shows them) or --all: resend ${service} --all`,
      );
    }
    const positions = words.map(position);
    const chosen = options.all === true ? {} : { positions };
    const { found } = await cluster.act<{ found: number }>(service, 'outbox.sendAgain', chosen);
    print.line(
      found === 0
        ? `${service} has no refused events ${options.all === true ? 'at all' : 'there'}: nothing was sent`
        : `${found} sent again; what is refused once more shows up in: refused ${service}`,
    );
  },
};

export const orphans: Command = {
  command: 'orphans <service>',
  description: 'Streams that are ahead of the restored database of a service, and their orphaned events',
  place: 110,
  options: [{ option: '--skip', description: 'let all consumers, and rebuilds, skip these events' }],
  async run(cluster, { operands: [named = ''], options }, print) {
    const [service = ''] = await outboxServices(cluster, named);
    if (options.skip === true) {
      const skipped = await cluster.act<SkippedOrphans[]>(service, 'outbox.skipOrphans');
      if (skipped.length === 0) print.line(`No stream is ahead of ${service}: nothing was done`);
      for (const { stream, events } of skipped)
        print.line(`${events} orphaned events in the stream of ${stream} are skipped from now on`);
      return;
    }
    const ahead = await cluster.ask<Ahead[]>(service, 'outbox.orphans');
    if (ahead.length === 0) return print.line(`No stream is ahead of ${service}.`);
    for (const {
      stream,
      between: [first, last],
    } of ahead) {
      print.line(`The stream of ${stream} holds orphaned events of ${service} between ${first} and ${last}`);
    }
    print.line(
      `Restore all databases to one moment first (docs/runbook.md). Then: orphans ${service} --skip`,
    );
  },
};

function position(word: string): number {
  const number = Number(word);
  if (!/^\d+$/.test(word) || !Number.isSafeInteger(number) || number === 0) {
    throw new Refusal(`${word} is no position: a whole number, as refused shows it`);
  }
  return number;
}
