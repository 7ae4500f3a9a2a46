/**
 * Owns: tasks, their assignments, shuffles; a copy of the users who may be assigned.
 * Publishes: tasks.task.created, .reassigned, .completed; tasks.shuffle.requested, .completed
 * (TASKS).
 * Consumes: AUTH (users).
 * Never: lets anybody choose an assignee, handles prices, or locks a million rows in one
 * transaction.
 */
import { randomInt } from 'node:crypto';
import type { Service } from 'moleculer';
import { consumerMixin } from '#mixins/consumer/consumer.mixin.ts';
import { type DatabaseMethods, databaseMixin } from '#mixins/database/database.mixin.ts';
import { defineService } from '#mixins/define-service.ts';
import { causeBy, OPERATOR, operatorAction } from '#mixins/identity/operator.ts';
import { actorOf, requestOf } from '#mixins/identity/request.ts';
import { serve } from '#mixins/identity/serve.ts';
import { outboxMixin } from '#mixins/outbox/outbox.mixin.ts';
import { platformOf } from '#mixins/platform.ts';
import { reconciliationMixin } from '#mixins/reconciliation/reconciliation.mixin.ts';
import assignmentsAction from '#schemas/actions/tasks/assignments.ts';
import completeAction from '#schemas/actions/tasks/complete.ts';
import countsAction from '#schemas/actions/tasks/counts.ts';
import createAction from '#schemas/actions/tasks/create.ts';
import getAction from '#schemas/actions/tasks/get.ts';
import listAction from '#schemas/actions/tasks/list.ts';
import progressAction from '#schemas/actions/tasks/progress.ts';
import shuffleAction from '#schemas/actions/tasks/shuffle.ts';
import shufflesAction from '#schemas/actions/tasks/shuffles.ts';
import { id } from '#schemas/params.ts';
import { completeTask } from './complete-task.handler.ts';
import { createTask } from './create-task.handler.ts';
import { countTasks } from './lists/count-tasks.query.ts';
import { listTasks } from './lists/list-tasks.query.ts';
import { readAssignments, readShuffle, readTask } from './read-task.query.ts';
import { participant } from './reconciliation/reconcile.query.ts';
import { readShuffles } from './shuffles/list-shuffles.query.ts';
import { pressShuffle } from './shuffles/press-shuffle.handler.ts';
import { listShuffles } from './shuffles/shuffle.store.ts';
import { shufflesLoop } from './shuffles/shuffles.worker.ts';
import { TaskQuota } from './task-quota.ts';
import { usersConsumer } from './users/copy-users.handler.ts';

interface TasksService extends Service, DatabaseMethods {
  quota: TaskQuota;
}

/** The randomness of a draw at creation: uniform 32-bit words that nobody can predict. */
const secureWords = (): number => randomInt(2 ** 32);

export default defineService<TasksService>({
  name: 'tasks',
  mixins: [
    databaseMixin({ migrations: new URL('./migrations/', import.meta.url) }),
    outboxMixin(),
    consumerMixin(),
    reconciliationMixin(participant),
  ],
  actions: {
    create: serve(createAction, function (ctx) {
      return createTask(this.database, ctx.params, requestOf(ctx), secureWords, this.quota);
    }),
    list: serve(listAction, function (ctx) {
      return listTasks(this.database, ctx.params, actorOf(ctx).userId);
    }),
    counts: serve(countsAction, function (ctx) {
      return countTasks(this.database, actorOf(ctx).userId);
    }),
    get: serve(getAction, function (ctx) {
      return readTask(this.database, ctx.params.id);
    }),
    assignments: serve(assignmentsAction, function (ctx) {
      return readAssignments(this.database, ctx.params);
    }),
    complete: serve(completeAction, function (ctx) {
      return completeTask(this.database, ctx.params.id, requestOf(ctx));
    }),
    shuffle: serve(shuffleAction, function (ctx) {
      return pressShuffle(this.database, requestOf(ctx));
    }),
    shuffles: serve(shufflesAction, function (ctx) {
      return readShuffles(this.database, ctx.params);
    }),
    progress: serve(progressAction, function (ctx) {
      return readShuffle(this.database, ctx.params.id);
    }),
    'operator.shuffles.list': operatorAction({
      params: { limit: { type: 'number', integer: true, min: 1, max: 200, default: 20 } },
      handler(ctx) {
        return listShuffles(this.database, ctx.params.limit);
      },
    }),
    'operator.shuffles.get': operatorAction({
      params: { id: id() },
      handler(ctx) {
        return readShuffle(this.database, ctx.params.id);
      },
    }),
    'operator.shuffles.start': operatorAction({
      params: { by: OPERATOR },
      handler(ctx) {
        return pressShuffle(this.database, { cause: causeBy(ctx), idempotency: null });
      },
    }),
  },
  // Durable tasks-users.
  consumers: { users: usersConsumer },
  created() {
    this.quota = new TaskQuota(platformOf(this.broker).config.taskQuota);
  },
  started() {
    shufflesLoop(this.database, this.loops).start();
  },
});
