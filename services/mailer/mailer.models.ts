/** The model that the list of mails is read through. What is written is written by the stores' SQL. */
import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';

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
  readonly reason: string | null;
}

export type MailModel = ModelStatic<Model<ListedMail>>;

/** Without what mails say: nobody lists that. */
export function defineModels(sequelize: Sequelize): { mail: MailModel } {
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
