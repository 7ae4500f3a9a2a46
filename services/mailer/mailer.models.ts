/** The model for the list of mails. Writes use the SQL of the stores. */
import { DataTypes, type Model, type Sequelize } from 'sequelize';
import type { ActionItem } from '#schemas/action.ts';
import type mailsAction from '#schemas/actions/mailer/mails.ts';

/** The row in the database. */
export interface ListedMail extends Omit<ActionItem<typeof mailsAction>, 'requestedAt' | 'sentAt'> {
  readonly position: number;
  readonly mailbox: string;
  readonly requestedAt: Date;
  readonly sentAt: Date | null;
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
