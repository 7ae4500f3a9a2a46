/** The models that lists are read through. What is written is written by the stores' SQL. */
import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import type { Task } from './task.ts';

export type TaskModel = ModelStatic<Model<Task>>;

/** Under which name a task brings its row of `task_text`. */
export const TEXT = 'text';

export function defineModels(sequelize: Sequelize): { task: TaskModel } {
  const task = sequelize.define<Model<Task>>(
    'task',
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      title: { type: DataTypes.TEXT, allowNull: false },
      externalId: { type: DataTypes.TEXT, field: 'external_id' },
      description: { type: DataTypes.TEXT, allowNull: false },
      status: { type: DataTypes.TEXT, allowNull: false },
      assigneeId: { type: DataTypes.UUID, field: 'assignee_id', allowNull: false },
      createdById: { type: DataTypes.UUID, field: 'created_by_id', allowNull: false },
      createdByName: { type: DataTypes.TEXT, field: 'created_by_name', allowNull: false },
      createdAt: { type: DataTypes.DATE(3), field: 'created_at', allowNull: false },
      completedAt: { type: DataTypes.DATE(3), field: 'completed_at' },
      version: { type: DataTypes.INTEGER, allowNull: false },
    },
    { tableName: 'task', timestamps: false },
  );
  const text = sequelize.define(
    'task_text',
    {
      taskId: { type: DataTypes.UUID, field: 'task_id', primaryKey: true },
      titleKey: { type: DataTypes.TEXT, field: 'title_key', allowNull: false },
    },
    { tableName: 'task_text', timestamps: false },
  );
  task.hasOne(text, { as: TEXT, foreignKey: 'taskId', constraints: false });
  return { task };
}
