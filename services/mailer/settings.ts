import { authorities, matching, retentionDays, type ValuesOf } from '../../settings.ts';

const settings = {
  /** Certificates of the authorities that the SMTP server is believed by; null: those of Node. */
  smtpCaFile: authorities('SMTP_CA_FILE'),
  /** Language of mails for people who have chosen none. */
  locale: matching({
    variable: 'LOCALE',
    default: 'en',
    pattern: /^[a-z]{2}$/,
    expected: 'a language such as en',
  }),
  /** Days after which sent and failed mails may be archived and removed; null: never. */
  retentionMailsDays: retentionDays('RETENTION_MAILS_DAYS'),
};

export default settings;

declare module '../../config.ts' {
  interface Config extends ValuesOf<typeof settings> {}
}
