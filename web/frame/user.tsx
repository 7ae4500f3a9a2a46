/** The person who is signed in, for the pages. */
import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Answer } from '#client';
import { useGet } from '../api/queries.ts';
import { Block } from '../kit/block.tsx';

export type Role = 'admin' | 'manager' | 'accountant' | 'boss' | 'developer';
export type User = Answer<'/auth/me', 'get'>;

const Context = createContext<User | undefined>(undefined);

export function useUser(): User & { is(...roles: readonly Role[]): boolean } {
  const user = useContext(Context);
  if (user === undefined) throw new Error('useUser needs <SignedIn> above it');
  return { ...user, is: (...roles) => roles.some((role) => user.roles.includes(role)) };
}

/** Shows its content once it is known who is signed in. */
export function SignedIn({ children }: { children: ComponentChildren }) {
  const query = useGet('/auth/me');
  return (
    <Block query={query}>{(user) => <Context.Provider value={user}>{children}</Context.Provider>}</Block>
  );
}
