/** The models for lists. Writes use the SQL of the stores. */
import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import type { Task } from './task.ts';

export type TaskModel = ModelStatic<Model<Task>>;

/** The association from a task to its row of `task_text`. */
export const TEXT = 'text';

export function defineModels(sequelize: Sequelize): { task: TaskModel } {
  const task = sequelize.define<Model<Task>>('task', {
    id: { type: DataTypes.UUID, primaryKey: true },
    title: DataTypes.TEXT,
    externalId: DataTypes.TEXT,
    description: DataTypes.TEXT,
    status: DataTypes.TEXT,
    assigneeId: DataTypes.UUID,
    createdById: DataTypes.UUID,
    createdByName: DataTypes.TEXT,
    createdAt: DataTypes.DATE(3),
    completedAt: DataTypes.DATE(3),
    version: DataTypes.INTEGER,
  });
  const text = sequelize.define('task_text', {
    taskId: { type: DataTypes.UUID, primaryKey: true },
    titleKey: DataTypes.TEXT,
  });
  task.hasOne(text, { as: TEXT, foreignKey: 'taskId', constraints: false });
  return { task };
}
