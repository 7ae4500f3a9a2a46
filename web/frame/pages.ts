/** All pages: their address, who may open them, and where they stand in the navigation. */
import type { ComponentType } from 'preact';
import type { IconName } from '../kit/icon.tsx';
import type { Texts } from '../text/en.ts';
import type { Role } from './user.tsx';

export interface Page {
  /** As preact-iso writes paths: `/tasks/:id`. */
  readonly path: string;
  /** Default: everybody who is signed in. */
  readonly roles?: readonly Role[];
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** Its place in the navigation. Default: none. */
  readonly nav?: {
    readonly group: keyof Texts['groups'];
    readonly title: keyof Texts['pages'];
    readonly icon: IconName;
    /** The second key after `g`. */
    readonly key?: string;
  };
}

const BOOKS: readonly Role[] = ['accountant', 'admin'];
const ADMIN: readonly Role[] = ['admin'];
const MANAGERS: readonly Role[] = ['manager', 'admin'];

export const PAGES: readonly Page[] = [
  {
    path: '/tasks',
    load: () => import('../pages/tasks/tasks.tsx'),
    nav: { group: 'work', title: 'tasks', icon: 'tasks', key: 't' },
  },
  { path: '/tasks/:id', load: () => import('../pages/tasks/task.tsx') },
  {
    path: '/shuffles',
    roles: MANAGERS,
    load: () => import('../pages/tasks/shuffles.tsx'),
    nav: { group: 'work', title: 'shuffles', icon: 'shuffle' },
  },
  {
    path: '/account',
    load: () => import('../pages/accounts/account.tsx'),
    nav: { group: 'work', title: 'account', icon: 'wallet', key: 'a' },
  },
  {
    path: '/company',
    roles: BOOKS,
    load: () => import('../pages/company/company.tsx'),
    nav: { group: 'money', title: 'company', icon: 'chart' },
  },
  {
    path: '/days',
    roles: BOOKS,
    load: () => import('../pages/days/days.tsx'),
    nav: { group: 'money', title: 'days', icon: 'day', key: 'd' },
  },
  { path: '/days/:day', roles: BOOKS, load: () => import('../pages/days/day.tsx') },
  {
    path: '/accounts',
    roles: BOOKS,
    load: () => import('../pages/accounts/accounts.tsx'),
    nav: { group: 'money', title: 'accounts', icon: 'people' },
  },
  { path: '/accounts/:id', roles: BOOKS, load: () => import('../pages/accounts/account.tsx') },
  {
    path: '/days/:day/operations',
    roles: ADMIN,
    load: () => import('../pages/figures/operations.tsx'),
  },
  {
    path: '/today',
    roles: ADMIN,
    load: () => import('../pages/figures/today.tsx'),
    nav: { group: 'figures', title: 'today', icon: 'pulse', key: 'l' },
  },
  {
    path: '/top-tasks',
    roles: ADMIN,
    load: () => import('../pages/figures/top-tasks.tsx'),
    nav: { group: 'figures', title: 'topTasks', icon: 'star' },
  },
  {
    path: '/users',
    roles: MANAGERS,
    load: () => import('../pages/users/users.tsx'),
    nav: { group: 'people', title: 'users', icon: 'people', key: 'u' },
  },
  {
    path: '/system',
    roles: ADMIN,
    load: () => import('../pages/run/system.tsx'),
    nav: { group: 'run', title: 'system', icon: 'eye', key: 's' },
  },
  {
    path: '/dead-letters',
    roles: ADMIN,
    load: () => import('../pages/run/dead-letters.tsx'),
    nav: { group: 'run', title: 'deadLetters', icon: 'box' },
  },
  {
    path: '/mails',
    roles: ADMIN,
    load: () => import('../pages/run/mails.tsx'),
    nav: { group: 'run', title: 'mails', icon: 'mail' },
  },
  {
    path: '/audit',
    roles: ADMIN,
    load: () => import('../pages/run/audit.tsx'),
    nav: { group: 'run', title: 'audit', icon: 'tasks' },
  },
  { path: '/profile', load: () => import('../pages/profile/profile.tsx') },
  { path: '/users/:id', roles: MANAGERS, load: () => import('../pages/users/user.tsx') },
];

/** The first page of somebody, by the first role that has one. */
export function homeOf(roles: readonly string[]): string {
  if (roles.includes('admin')) return '/today';
  if (roles.includes('accountant')) return '/days/today';
  if (roles.includes('manager')) return '/tasks';
  return '/tasks?assignee=me';
}

export const mayOpen = ({ roles }: Page, of: readonly string[]): boolean =>
  roles === undefined || roles.some((role) => of.includes(role));
