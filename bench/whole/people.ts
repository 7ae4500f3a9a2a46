/** The people of a run: an admin, a manager, and employees to whom tasks are assigned. */
import { until } from '../../test/harness/wait.ts';
import { ask, send } from './client.ts';
import { ADMIN, type System } from './system.ts';

/** All employees have the same beak. */
const BEAK = 'long-and-grey-7';
/** Tokens live for 10 minutes. A load of some minutes must end before, in milliseconds. */
const NEW_TOKEN_AFTER_MS = 4 * 60_000;
const TASK = { title: '[POPUG-1] Wash the cage' };

export type Headers = Readonly<Record<string, string>>;

export interface Account {
  readonly login: string;
  readonly beak: string;
}

/** A user who is signed in, with the headers of their requests. */
export class Person {
  readonly account: Account;
  readonly #api: string;
  #signedIn = 0;
  #headers: Headers = {};

  constructor(api: string, account: Account) {
    this.#api = api;
    this.account = account;
  }

  async headers(): Promise<Headers> {
    if (this.#signedIn === 0 || performance.now() - this.#signedIn > NEW_TOKEN_AFTER_MS) {
      const { body } = await ask<{ accessToken: string }>(
        'POST',
        `${this.#api}/auth/login`,
        { 'content-type': 'application/json' },
        this.account,
      );
      this.#signedIn = performance.now();
      const authorization = `Bearer ${body.accessToken}`;
      this.#headers = { authorization, 'content-type': 'application/json' };
    }
    return this.#headers;
  }

  async get<Body>(path: string): Promise<Body> {
    return (await ask<Body>('GET', `${this.#api}${path}`, await this.headers())).body;
  }

  async post<Body>(path: string, body: object = {}): Promise<Body> {
    return (await ask<Body>('POST', `${this.#api}${path}`, await this.headers(), body)).body;
  }
}

export interface People {
  readonly admin: Person;
  readonly manager: Person;
  /** The first employee, who has all the history. */
  readonly mia: Person & { readonly id: string };
  /** All employees. */
  readonly employees: Person[];
}

/** Only `mia` is assignable until `addEmployees` is called. */
export async function registerPeople({ api }: System): Promise<People> {
  const admin = new Person(api, ADMIN);
  const manager = (await register(api, admin, 'manager', 'manager')).person;
  const { person, id } = await register(api, admin, 'mia', 'developer');
  const mia = Object.assign(person, { id });
  await until(async () => (await createTask(api, mia)).status === 201, { what: 'an assignable employee' });
  return { admin, manager, mia, employees: [mia] };
}

export async function addEmployees({ api }: System, people: People, count: number): Promise<void> {
  for (let n = people.employees.length; n < count; n++) {
    people.employees.push((await register(api, people.admin, `employee-${n}`, 'developer')).person);
  }
}

async function register(api: string, admin: Person, login: string, role: string) {
  const account = { login, beak: BEAK };
  const details = { name: login, email: `${login}@example.com`, roles: [role] };
  const { id } = await admin.post<{ id: string }>('/users', { ...account, ...details });
  return { person: new Person(api, account), id };
}

/** The body of requests that create a task. */
export const TASK_BODY = JSON.stringify(TASK);

export async function createTask(api: string, person: Person) {
  return send<{ id: string }>('POST', `${api}/tasks`, await person.headers(), TASK);
}
