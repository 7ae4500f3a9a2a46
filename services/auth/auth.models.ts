/** The model for lists and look-ups. It leaves out the hash of the beak. Stores do all writes. */
import { DataTypes, type Model, type Sequelize } from 'sequelize';
import type { Account } from './users/user.ts';

/** The models that `databaseMixin` defines. */
export function defineModels(sequelize: Sequelize) {
  const user = sequelize.define<Model<Account>>(
    'user',
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      login: DataTypes.TEXT,
      name: DataTypes.TEXT,
      email: DataTypes.TEXT,
      locale: DataTypes.TEXT,
      roles: DataTypes.ARRAY(DataTypes.TEXT),
      active: DataTypes.BOOLEAN,
      mustChangeBeak: DataTypes.BOOLEAN,
      createdAt: { type: DataTypes.DATE, field: 'registered_at' },
      lastSignInAt: DataTypes.DATE,
    },
    { tableName: 'user_account' },
  );
  return { user };
}
