/** Starts the pages. */
import { QueryClient, QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { useMemo } from 'preact/hooks';
import { LocationProvider } from 'preact-iso';
import { useGet } from './api/queries.ts';
import { session } from './api/session.ts';
import { App } from './frame/app.tsx';
import { applyTheme } from './frame/theme.ts';
import { Spoken } from './text/text.tsx';
import './style.css';

/** Before it is known how the system counts. Nothing that is shown then has amounts or times. */
const NO_MEASURES = { currency: '', minorUnits: 2, timeZone: 'UTC' };

// The client retries by itself, and a block offers to try again.
const queries = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 1_000, networkMode: 'always' } },
});

function Root() {
  const { data } = useGet('/meta');
  const { currency, minorUnits, timeZone } = data ?? NO_MEASURES;
  const measures = useMemo(() => ({ currency, minorUnits, timeZone }), [currency, minorUnits, timeZone]);
  return (
    <Spoken measures={measures}>
      <App />
    </Spoken>
  );
}

applyTheme();
// Another person's data must not stay after a sign-out.
session.listen(() => session.state.is === 'out' && queries.clear());
void session.start();
const root = document.getElementById('app');
if (root !== null) {
  render(
    <QueryClientProvider client={queries}>
      <LocationProvider>
        <Root />
      </LocationProvider>
    </QueryClientProvider>,
    root,
  );
}
