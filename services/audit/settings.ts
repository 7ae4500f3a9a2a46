import { retentionDays, type ValuesOf } from '../../settings.ts';

const settings = {
  /** Days after which records of the log may be archived and removed; null: never. */
  retentionAuditDays: retentionDays('RETENTION_AUDIT_DAYS'),
};

export default settings;

declare module '../../config.ts' {
  interface Config extends ValuesOf<typeof settings> {}
}
