/** The whole of the pages: who is signed in, which page is open, and the frame around it. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { lazy, Route, Router, useLocation } from 'preact-iso';
import { type SessionState, session } from '../api/session.ts';
import { useText } from '../text/text.tsx';
import { Find } from './find.tsx';
import { Gone } from './gone.tsx';
import { Keys } from './keys.tsx';
import { homeOf, mayOpen, PAGES, type Page } from './pages.ts';
import { Side } from './side.tsx';
import { Top } from './top.tsx';
import { SignedIn, useUser } from './user.tsx';

const SignIn = lazy(() => import('../pages/sign-in/sign-in.tsx'));
const Activate = lazy(() => import('../pages/sign-in/activate.tsx'));
const Recover = lazy(() => import('../pages/sign-in/recover.tsx'));
const LOADED = new Map(PAGES.map((page) => [page, lazy(page.load)]));

export function useSession(): SessionState {
  const [state, setState] = useState(session.state);
  useEffect(() => {
    const read = () => setState(session.state);
    // It may have changed since the first reading.
    read();
    return session.listen(read);
  }, []);
  return state;
}

/** The pages by the key that opens them after `g`. */
const GO_TO = new Map(
  PAGES.flatMap(({ path, nav }) => (nav?.key === undefined ? [] : [[nav.key, path] as const])),
);

/** An address of this site, to which the sign-in returns; never another host. */
const OWN_PATH = /^\/(?!\/)[^\\]*$/;

function Redirect({ to }: { to: string }) {
  const { route } = useLocation();
  useEffect(() => route(to, true), [to, route]);
  return null;
}

export function App() {
  const state = useSession();
  const { url, path, query } = useLocation();
  const { t } = useText();
  if (state.is === 'starting' || state.is === 'unreachable') {
    return (
      <div class="gate">
        <p class="mut" role="status">
          {state.is === 'starting' ? t.frame.starting : t.frame.unreachable}
        </p>
      </div>
    );
  }
  const isOpenPage = ['/sign-in', '/activate', '/recover'].includes(path);
  if (state.is === 'out' && !isOpenPage) {
    return (
      <Redirect to={`/sign-in?${new URLSearchParams({ to: url, ...(state.why && { why: state.why }) })}`} />
    );
  }
  if (state.is === 'in' && path === '/sign-in') {
    const { to = '/' } = query as { to?: string };
    return <Redirect to={OWN_PATH.test(to) ? to : '/'} />;
  }
  if (isOpenPage) {
    return (
      <Router>
        <Route path="/sign-in" component={SignIn} />
        <Route path="/activate" component={Activate} />
        <Route path="/recover" component={Recover} />
      </Router>
    );
  }
  return (
    <SignedIn>
      <Framed />
    </SignedIn>
  );
}

function Guarded({ page }: { page: Page }) {
  const user = useUser();
  const Loaded = LOADED.get(page);
  if (!mayOpen(page, user.roles)) return <Gone why="forbidden" roles={page.roles ?? []} />;
  return Loaded === undefined ? null : <Loaded />;
}

function Home() {
  const user = useUser();
  return <Redirect to={homeOf(user.roles)} />;
}

function useIsOffline(): boolean {
  const [isOffline, set] = useState(!navigator.onLine);
  useEffect(() => {
    const change = () => set(!navigator.onLine);
    addEventListener('online', change);
    addEventListener('offline', change);
    return () => {
      removeEventListener('online', change);
      removeEventListener('offline', change);
    };
  }, []);
  return isOffline;
}

function Framed() {
  const { t } = useText();
  const [isFinding, find] = useState(false);
  const startFinding = useCallback(() => find(true), []);
  const isOffline = useIsOffline();
  const routes = useMemo(
    () =>
      PAGES.map((page) => (
        <Route key={page.path} path={page.path} component={() => <Guarded page={page} />} />
      )),
    [],
  );
  return (
    <>
      <a class="skip" href="#main">
        {t.frame.skip}
      </a>
      <div class="app">
        <Side />
        <div>
          <Top onFind={startFinding} />
          <main id="main">
            {isOffline && (
              <p class="note" role="status">
                {t.frame.offline}
              </p>
            )}
            <fieldset class="plain" disabled={isOffline}>
              <Router>
                {[
                  ...routes,
                  <Route key="/" path="/" component={Home} />,
                  <Route key="*" default component={Gone} />,
                ]}
              </Router>
            </fieldset>
          </main>
        </div>
      </div>
      {isFinding && <Find onClose={() => find(false)} />}
      <Keys onFind={startFinding} goTo={GO_TO} />
    </>
  );
}
