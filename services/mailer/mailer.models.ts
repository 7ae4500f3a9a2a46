/** The model for the list of mails. Writes use the SQL of the stores. */
import { DataTypes, type Model, type Sequelize } from 'sequelize';

export interface ListedMail {
  readonly id: string;
  readonly position: number;
  readonly mailbox: string;
  readonly status: 'queued' | 'sent' | 'failed';
  readonly template: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly requestedAt: Date;
  readonly sentAt: Date | null;
  /** For a failed mail: why it failed. For a queued one: why the last attempt failed. */
  readonly reason: string | null;
}

/** The model leaves out the texts of mails, which lists do not show. */
export function defineModels(sequelize: Sequelize) {
  const mail = sequelize.define<Model<ListedMail>>('mail', {
    id: { type: DataTypes.UUID, primaryKey: true },
    position: DataTypes.BIGINT,
    mailbox: DataTypes.TEXT,
    status: DataTypes.TEXT,
    template: DataTypes.TEXT,
    recipient: DataTypes.TEXT,
    subject: DataTypes.TEXT,
    requestedAt: DataTypes.DATE(3),
    sentAt: DataTypes.DATE(3),
    reason: DataTypes.TEXT,
  });
  return { mail };
}
