/** The model for lists and look-ups. It leaves out the hash of the beak. Stores do all writes. */
import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import type { UserView } from './users/user.ts';

/** Accounts without their beaks. */
export type UserModel = ModelStatic<Model<UserView>>;

/** The models that `databaseMixin` defines. */
export function defineModels(sequelize: Sequelize): { user: UserModel } {
  const user = sequelize.define<Model<UserView>>(
    'user',
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      login: DataTypes.TEXT,
      name: DataTypes.TEXT,
      email: DataTypes.TEXT,
      locale: DataTypes.TEXT,
      roles: DataTypes.ARRAY(DataTypes.TEXT),
      active: DataTypes.BOOLEAN,
    },
    { tableName: 'user_account' },
  );
  return { user };
}
