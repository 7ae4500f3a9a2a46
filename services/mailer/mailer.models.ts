/** The model for the list of mails. Writes use the SQL of the stores. */
import { DataTypes, type Model, type Sequelize } from 'sequelize';
import type { ListedMail } from './mails/mail-view.ts';

/** The model leaves out the texts of mails, which lists do not show. */
export function defineModels(sequelize: Sequelize) {
  const mail = sequelize.define<Model<ListedMail>>('mail', {
    id: { type: DataTypes.UUID, primaryKey: true },
    position: DataTypes.BIGINT,
    mailbox: DataTypes.TEXT,
    requestKey: DataTypes.TEXT,
    status: DataTypes.TEXT,
    template: DataTypes.TEXT,
    recipient: DataTypes.TEXT,
    subject: DataTypes.TEXT,
    requestedAt: DataTypes.DATE(3),
    sentAt: DataTypes.DATE(3),
    attempts: DataTypes.INTEGER,
    reason: DataTypes.TEXT,
  });
  return { mail };
}
