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
  const mail = sequelize.define<Model<ListedMail>>(
    'mail',
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      position: { type: DataTypes.BIGINT, allowNull: false },
      mailbox: { type: DataTypes.TEXT, allowNull: false },
      status: { type: DataTypes.TEXT, allowNull: false },
      template: { type: DataTypes.TEXT },
      recipient: { type: DataTypes.TEXT, allowNull: false },
      subject: { type: DataTypes.TEXT, allowNull: false },
      requestedAt: { type: DataTypes.DATE(3), field: 'requested_at', allowNull: false },
      sentAt: { type: DataTypes.DATE(3), field: 'sent_at' },
      reason: { type: DataTypes.TEXT },
    },
    { tableName: 'mail', timestamps: false },
  );
  return { mail };
}
