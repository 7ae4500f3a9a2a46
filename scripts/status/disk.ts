/** What `npm run status` says of the disk of the data folder. Pure. */
import type { Disk } from '#mixins/disk/disk.ts';
import { HOURS_NEEDED } from '#mixins/disk/forecast.ts';
import type { Condition } from '#mixins/status/condition.ts';

/** As in the alerts AtesDiskFills and AtesDiskAlmostFull. */
const DAYS_LEFT = 14;
const PART_LEFT = 0.05;

const GB = 1e9;
const LABEL = 'disk full';

/** `disk` is null where `folder` does not exist: the servers have disks of their own. */
export function conditionOfDisk(disk: Disk | null, folder: string): Condition {
  if (disk === null) {
    return { troubles: [], figures: { [LABEL]: 'unknown: no data folder here, so look at the servers' } };
  }
  const { freeBytes, sizeBytes, forecast } = disk;
  const free = `${gigabytes(freeBytes)} free`;
  const hint = `See: docs/runbook.md, "The disk fills up"`;
  const almostFull =
    freeBytes < sizeBytes * PART_LEFT ? [`The disk of ${folder} is almost full: ${free}. ${hint}`] : [];
  switch (forecast.is) {
    case 'unknown': {
      const measured = `measured for ${Math.floor(forecast.hours)} of ${HOURS_NEEDED} hours`;
      return { troubles: almostFull, figures: { [LABEL]: `unknown yet: ${measured}, ${free}` } };
    }
    case 'steady':
      return { troubles: almostFull, figures: { [LABEL]: `not in sight, ${free}` } };
    case 'filling': {
      const days = Math.floor(forecast.days);
      const growth = `${gigabytes(forecast.bytesPerDay)} more each day`;
      const soon = `The disk of ${folder} is full in ${days} days: ${free}, ${growth}. ${hint}`;
      return {
        troubles: days < DAYS_LEFT ? [soon] : almostFull,
        figures: { [LABEL]: `in ${days.toLocaleString('en')} days: ${free}, ${growth}` },
      };
    }
    default:
      return forecast satisfies never;
  }
}

const gigabytes = (bytes: number): string => `${(bytes / GB).toFixed(bytes < GB ? 3 : 1)} GB`;
