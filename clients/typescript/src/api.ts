/** The types of all routes. `npm run api -- types` generates them from the contracts: do not edit. */
export interface paths {
    readonly "/api/v1/accounting/accounts/{userId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the balance and today's result of an account; `me` is the caller's.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["accounting.account"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/accounts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists accounts by name or by balance, `-balance` beginning with the highest; `text` filters by name in any case; `below` is an amount in minor units. Owners with `ownerKnown: false` are not paid.
         * @description For users with the role `accountant` or `admin`. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["accounting.accounts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/adjustments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Adds to an employee's balance, or deducts from it, with a reason; answers with the line.
         * @description For users with the role `accountant` or `admin`.
         */
        readonly post: operations["accounting.adjust"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/accounts/{userId}/balance": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Reads the balance of an account at a time in the past, or now; `me` is the caller's.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["accounting.balance"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/days/{day}/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Closes a business day: pays every known employee with a positive balance; `dryRun` only previews the payouts. With `expected` it is closed only if these are its payouts.
         * @description For users with the role `accountant` or `admin`. The answer is 200 for a rehearsal, and when the day is closed; until its payouts are booked and sealed it is 202, and the day at `Location` shows the progress. Closing the open day ends it at once: later lines are booked on the next day. A repeated close changes nothing.
         */
        readonly post: operations["accounting.closeDay"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/company": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the company's result by business day, including the open one.
         * @description For users with the role `accountant` or `admin`. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["accounting.company"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/days/{day}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows a business day: its status, its payouts and totals, and the debts that it carries over.
         * @description For users with the role `accountant` or `admin`.
         */
        readonly get: operations["accounting.day"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/days": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists business days with their status and their totals.
         * @description For users with the role `accountant` or `admin`. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["accounting.days"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/days/{day}/payouts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the payouts of a business day, and those that its close would make now.
         * @description For users with the role `accountant` or `admin`. The mail about a payout has the reference `payout/<payoutId>`. The lines of `GET /accounting/tasks/{taskId}` have the same id as `payout.id`. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["accounting.payouts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/seal": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the head of the journal's hash chain, and how much is not sealed yet.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["accounting.seal"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/seal/blocks/{number}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows a block of the journal's hash chain.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["accounting.sealBlock"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/accounts/{userId}/statement": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the lines of an account, newest first, each with the balance after it; `me` is the caller's. With `kind` a page may have fewer lines than `limit`, and others follow.
         * @description For users who are signed in, and service accounts. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["accounting.statement"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/accounts/{userId}/summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Sums the lines of an account over a range of business days; `me` is the caller's.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["accounting.summary"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/tasks/{taskId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows what a task costs and pays, and the lines about it; only one's own, unless one is accountant or admin.
         * @description For users who are signed in, and service accounts. The task is found once its price is booked, about a second after its creation.
         */
        readonly get: operations["accounting.task"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/accounting/days/today": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the open business day.
         * @description For users with the role `accountant` or `admin`.
         */
        readonly get: operations["accounting.today"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/days": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the figures of days, the newest first.
         * @description For users with the role `admin`.
         */
        readonly get: operations["analytics.days"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Sends today's figures as server-sent events, now and whenever they change.
         * @description For users with the role `admin`. The answer is a stream of events `today`: one at once, and one after each change. Lines that begin with a colon are comments, which keep the connection. The stream ends when the token expires. Then connect again with a new token and `Last-Event-ID`, after the milliseconds in `retry`.
         */
        readonly get: operations["analytics.live"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/days/{day}/operations": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the operations of a day, of all employees or of one, of all kinds or of one.
         * @description For users with the role `admin`. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["analytics.operations"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/today": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows what the company earned today, and who is below zero now.
         * @description For users with the role `admin`.
         */
        readonly get: operations["analytics.today"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/top-tasks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the completed task with the highest reward of each day, week or month, the newest first.
         * @description For users with the role `admin`. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["analytics.topOfPeriods"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/top-task": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the completed task with the highest reward of a day, a week, a month or any range of days.
         * @description For users with the role `admin`.
         */
        readonly get: operations["analytics.topTask"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/causes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the causes of open dead letters, by service, consumer, type and code.
         * @description For users with the role `admin`.
         */
        readonly get: operations["audit.causes"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows a dead letter: its reason, its headers, and its data as far as they can be read.
         * @description For users with the role `admin`.
         */
        readonly get: operations["audit.deadLetter"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the dead letters of all services, the newest first, filtered by status and cause.
         * @description For users with the role `admin`.
         */
        readonly get: operations["audit.deadLetters"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/{id}/discard": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Discards a dead letter with a reason; events that it blocked are processed.
         * @description For users with the role `admin`.
         */
        readonly post: operations["audit.discard"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/discards": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Starts a job that discards all open dead letters of a cause, with a reason.
         * @description For users with the role `admin`.
         */
        readonly post: operations["audit.discards"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows how far a job is that redrives or discards the dead letters of a cause.
         * @description For users with the role `admin`.
         */
        readonly get: operations["audit.job"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists all events, the newest first, with actor, address, and the state before and after.
         * @description For users with the role `admin`. Events arrive about a second after the request that caused them. `correlation` is the `X-Request-Id` of that request. With `Accept: text/csv` it is CSV, with all items or as many as a given `limit`.
         */
        readonly get: operations["audit.list"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/{id}/redrive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Delivers a dead letter to its consumer again.
         * @description For users with the role `admin`.
         */
        readonly post: operations["audit.redrive"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/dead-letters/redrives": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Starts a job that delivers all open dead letters of a cause to their consumer again.
         * @description For users with the role `admin`.
         */
        readonly post: operations["audit.redrives"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Sets the beak of an account by a one-time code, and ends its sessions.
         * @description For anyone.
         */
        readonly post: operations["auth.activate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{id}/activation": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Makes a one-time code with which the owner of an account sets its beak.
         * @description For users with the role `admin`. The code is valid for 7 days, until it is redeemed or replaced.
         */
        readonly post: operations["auth.activation"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/oidc/authorize": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lets a person sign in to another application: redirects to it with a code (303), or shows the sign-in page.
         * @description For anyone. Unknown params are ignored.
         */
        readonly get: operations["auth.authorize"];
        readonly put?: never;
        /**
         * Takes the form of the sign-in page, and redirects to the application with a code (303).
         * @description For anyone. Unknown params are ignored.
         */
        readonly post: operations["auth.submitSignIn"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows an account.
         * @description For users with the role `admin` or `manager`.
         */
        readonly get: operations["auth.get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Changes the named fields of an account; issued tokens follow within 5 seconds.
         * @description For users with the role `admin`. A field that is missing or null is not changed. Only `locale` is: null removes it. `roles` replaces all roles.
         */
        readonly patch: operations["auth.change"];
        readonly trace?: never;
    };
    readonly "/api/v1/auth/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the account of the caller.
         * @description For users who are signed in.
         */
        readonly get: operations["auth.me"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        /**
         * Changes the named fields of the account of the caller.
         * @description For users who are signed in. A field that is missing or null is not changed. Only `locale` is: null removes it.
         */
        readonly patch: operations["auth.changeMe"];
        readonly trace?: never;
    };
    readonly "/api/v1/auth/me/beak": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Changes the beak of the caller; the access token must be refreshed afterwards.
         * @description For users who are signed in.
         */
        readonly post: operations["auth.changeMyBeak"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/service-accounts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists service accounts, the newest first, also expired and revoked ones.
         * @description For users with the role `admin`.
         */
        readonly get: operations["auth.serviceAccounts"];
        readonly put?: never;
        /**
         * Gives another application access, and shows its Bearer token only this once. Scopes are roles, but never `admin`.
         * @description For users with the role `admin`. Requests with this token have its scopes as their roles. A service account has no account in the books: `me` is not found there. Routes about the own account (`/auth/me`, `/auth/sessions`) refuse it.
         */
        readonly post: operations["auth.createServiceAccount"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/openid-configuration": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Tells applications how people sign in to them here (OpenID Connect Discovery).
         * @description For anyone.
         */
        readonly get: operations["auth.discovery"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/sessions/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Ends a session of the caller; its access tokens are refused within 5 seconds.
         * @description For users who are signed in.
         */
        readonly delete: operations["auth.endSession"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{id}/sessions/{sessionId}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Ends a session of an account; its access tokens are refused within 5 seconds.
         * @description For users with the role `admin`.
         */
        readonly delete: operations["auth.endSessionOfUser"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the open sessions of the caller, the newest first.
         * @description For users who are signed in.
         */
        readonly get: operations["auth.sessions"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Ends all sessions of the caller but the one that the request belongs to.
         * @description For users who are signed in.
         */
        readonly delete: operations["auth.endSessions"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{id}/sessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the open sessions of an account, the newest first.
         * @description For users with the role `admin`.
         */
        readonly get: operations["auth.sessionsOfUser"];
        readonly put?: never;
        readonly post?: never;
        /**
         * Ends all sessions of an account; their access tokens are refused within 5 seconds.
         * @description For users with the role `admin`.
         */
        readonly delete: operations["auth.endSessionsOfUser"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists accounts by login; `text` searches login, name and e-mail and ignores case.
         * @description For users with the role `admin` or `manager`.
         */
        readonly get: operations["auth.list"];
        readonly put?: never;
        /**
         * Registers an account.
         * @description For users with the role `admin`. Without `beak` the answer has an `activationCode`, with which the owner sets one (`POST /auth/activate`). Other services see the account about a second later.
         */
        readonly post: operations["auth.register"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Signs in with the shape of a beak and gives an access token (10 minutes) and a refresh token.
         * @description For anyone. A beak is a password. An account that must change its beak is refused with `beak_change_required` unless the request has `next`. By default an account may sign in 30 times a minute, and an address 600 times; wrong guesses are limited further. Beyond that, the answer is 429. Our own pages may have `refreshToken` in a cookie, and then neither in the body nor in the answer (`x-by-cookie`).
         */
        readonly post: operations["auth.login"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Ends the session of a refresh token; its access tokens are refused from then on.
         * @description For anyone. Our own pages may have `refreshToken` in a cookie, and then neither in the body nor in the answer (`x-by-cookie`).
         */
        readonly post: operations["auth.logout"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/names": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the names of accounts by id: all, or those of `ids` (up to 100, separated by commas).
         * @description For users with the role `accountant` or `admin` or `manager`.
         */
        readonly get: operations["auth.names"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/oidc/userinfo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows an application who signed in, to the access token of `/oidc/token`, with the claims of its scopes.
         * @description For anyone. Unknown params are ignored.
         */
        readonly get: operations["auth.userinfo"];
        readonly put?: never;
        /**
         * Shows an application who signed in, as `GET /oidc/userinfo` does.
         * @description For anyone. Unknown params are ignored.
         */
        readonly post: operations["auth.postUserinfo"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/recovery": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Mails a one-time code for a new beak, where an active account has the login.
         * @description For anyone.
         */
        readonly post: operations["auth.recovery"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Exchanges a refresh token for a new access token and a new refresh token.
         * @description For anyone. A refresh token can be used once. If it is sent again within 20 seconds, perhaps because the answer was lost, it gives the same new tokens. A later use ends the session. Our own pages may have `refreshToken` in a cookie, and then neither in the body nor in the answer (`x-by-cookie`).
         */
        readonly post: operations["auth.refresh"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/service-accounts/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /**
         * Revokes a service account; its token is refused within 5 seconds.
         * @description For users with the role `admin`.
         */
        readonly delete: operations["auth.revokeServiceAccount"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/oidc/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Exchanges the code of a sign-in for an ID token and an access token (OpenID Connect; errors as in RFC 6749).
         * @description For anyone. Unknown params are ignored.
         */
        readonly post: operations["auth.token"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/system/outboxes/{service}/resend": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Publishes the events of a service again that the broker has refused.
         * @description For users with the role `admin`.
         */
        readonly post: operations["gateway.resendOutbox"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/system/consumers/{name}/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Lets a consumer go on that has stopped itself, on all nodes where it has.
         * @description For users with the role `admin`.
         */
        readonly post: operations["gateway.resumeConsumer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/system/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the state of all services, consumers, loops, outboxes and mails.
         * @description For users with the role `admin`.
         */
        readonly get: operations["gateway.systemHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/system/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Follows the state of all services, consumers, loops, outboxes and mails.
         * @description For users with the role `admin`. The answer is a stream of events `system`: one at once, and one after each change. Lines that begin with a colon are comments, which keep the connection. The stream ends when the token expires. Then connect again with a new token and `Last-Event-ID`, after the milliseconds in `retry`.
         */
        readonly get: operations["gateway.systemLive"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/mails/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows a mail, with its text until it is sent.
         * @description For users with the role `admin`.
         */
        readonly get: operations["mailer.mail"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/mails": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists mails, newest first, filtered by status, recipient (an address, in any case), template, reference and time of request.
         * @description For users with the role `admin`. `reference` names a payout as `payout/<payout id>`, a requested mail as `request/<id>`, and the digest of a shuffle for a user as `digest/<shuffle id>:<user id>`.
         */
        readonly get: operations["mailer.mails"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/mails/{id}/resend": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Puts a failed mail into the queue again.
         * @description For users with the role `admin`. A mail about a payout or a shuffle goes to the address that its user has now. A mail that another service has requested goes to the address of the request.
         */
        readonly post: operations["mailer.resend"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/reconciliation/latest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the result of the newest reconciliation; accountants get the verdict only.
         * @description For users with the role `accountant` or `admin`.
         */
        readonly get: operations["reconciliation.latest"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/analytics/reconciliation": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Compares tasks, ledger, figures and mails with each other, and names every difference.
         * @description For users with the role `admin`.
         */
        readonly get: operations["reconciliation.reconcile"];
        readonly put?: never;
        /**
         * Starts a reconciliation, and does not wait for its result.
         * @description For users with the role `admin`.
         */
        readonly post: operations["reconciliation.start"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks/{id}/assignments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists the assignments of a task, oldest first, each with the shuffle that caused it (null: its creation).
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["tasks.assignments"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks/{id}/complete": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Completes a task of the caller.
         * @description For users who are signed in, and service accounts.
         */
        readonly post: operations["tasks.complete"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks/counts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Counts open tasks, open tasks of the caller, done tasks, and assignable people, to 10,000 each.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["tasks.counts"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists tasks, filtered by status, assignee (an id, or me), creator, text and times of creation and completion.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["tasks.list"];
        readonly put?: never;
        /**
         * Creates a task and assigns it to a randomly drawn user.
         * @description For users who are signed in, and service accounts. By default each user may create 120 tasks a minute on each node.
         */
        readonly post: operations["tasks.create"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows a task.
         * @description For users who are signed in, and service accounts.
         */
        readonly get: operations["tasks.get"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks/shuffles/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the progress of a shuffle.
         * @description For users with the role `manager` or `admin`.
         */
        readonly get: operations["tasks.progress"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/tasks/shuffles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Lists shuffles, newest first.
         * @description For users with the role `manager` or `admin`.
         */
        readonly get: operations["tasks.shuffles"];
        readonly put?: never;
        /**
         * Starts a shuffle: every open task is assigned again, to a randomly drawn user.
         * @description For users with the role `manager` or `admin`.
         */
        readonly post: operations["tasks.shuffle"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/livez": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Answers while the process runs.
         * @description For anyone.
         */
        readonly get: operations["gateway.live"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Answers when every part of the system is ready, else with a problem that names the missing parts.
         * @description For anyone.
         */
        readonly get: operations["gateway.ready"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/jwks.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Gives the public keys of access tokens and ID tokens (RFC 7517).
         * @description For anyone.
         */
        readonly get: operations["gateway.keys"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/.well-known/security.txt": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Says as plain text where to report a vulnerability (RFC 9116).
         * @description For anyone.
         */
        readonly get: operations["gateway.security"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Answers with the metrics of this node in the text format of Prometheus, for the addresses that `METRICS` names.
         * @description For anyone.
         */
        readonly get: operations["gateway.metrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/meta": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Says what runs here, its currency and calendar, and which business day is open.
         * @description For anyone.
         */
        readonly get: operations["gateway.meta"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the reference of all routes as a page.
         * @description For anyone.
         */
        readonly get: operations["gateway.docs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs/problems": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows the codes of all problems as a page.
         * @description For anyone.
         */
        readonly get: operations["gateway.docsOfProblems"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs/problems/{code}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Shows a page about the code of a problem: what it means, and what to do.
         * @description For anyone.
         */
        readonly get: operations["gateway.docsOfProblem"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs/assets/{file}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Gives a file that the pages use. Its content never changes.
         * @description For anyone.
         */
        readonly get: operations["gateway.docsAsset"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/asyncapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Describes all events (AsyncAPI 3).
         * @description For anyone.
         */
        readonly get: operations["gateway.asyncApi"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Describes all routes (OpenAPI 3.1).
         * @description For anyone.
         */
        readonly get: operations["gateway.openApi"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Day: {
            /** @description The currency of all amounts (ISO 4217). */
            readonly currency: string;
            /** @description The business day. */
            readonly businessDay: string;
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "open" | "closing" | "closed";
            /** @description How many payouts the day has so far. In a rehearsal, and in the `day` of `day_changed`: how many the close would make. */
            readonly payouts: number;
            /** @description The sum of these payouts. */
            readonly totalPaid: number;
            /** @description How many people are still to be paid, as things are now. */
            readonly toPay: number;
            /** @description The sum of the debts that stay, and of balances whose owner is not known. */
            readonly carriedOver: number;
            /** @description How many people have a balance below zero. */
            readonly debtors: number;
            /** @description The sum of the fees. */
            readonly fees: number;
            /** @description The sum of the rewards. */
            readonly rewards: number;
            /** @description The sum of lines that are no fees, rewards or payouts. */
            readonly others: number;
            /**
             * Format: date-time
             * @description When the day ended. Null while it is open.
             */
            readonly endedAt: string | null;
            /** @description Who ended the day: a user, an operator, or `service:accounting` for the schedule. Null while it is open. */
            readonly endedBy: {
                /** @description The id. */
                readonly id: string;
                /** @description The name of the user. Null if it was no user. */
                readonly name: string | null;
            } | null;
            /**
             * Format: date-time
             * @description When the day was closed. Null before.
             */
            readonly closedAt: string | null;
            /** @description The hash of the last block of the chain (SHA-256, hex). Null before the first one. */
            readonly head: string | null;
            /** @description The number of the block of the seal. Null while it is not sealed. */
            readonly block: number | null;
        };
        readonly Problem: {
            /** @description The URI of the code. */
            readonly type: string;
            /** @description What the code means; the same for every occurrence. */
            readonly title: string;
            /** @description The HTTP status. */
            readonly status: number;
            /** @description The stable code. */
            readonly code: string;
            /** @description What happened this time, and what to do. */
            readonly detail: string;
            /** @description Whether the same request, sent again, may succeed. */
            readonly retryable: boolean;
            /** @description The path of a page about the code. */
            readonly help: string;
            /** @description The URI of this occurrence. */
            readonly instance: string;
            /** @description The id of the request, as in `X-Request-Id`. */
            readonly requestId: string;
            /** @description The wrong fields of `validation_failed`. */
            readonly errors?: readonly {
                /** @description The path of the field, such as `roles[0]`. */
                readonly field: string;
                /** @description The rule that is broken. */
                readonly code: string;
                /** @description What is wrong, in English. */
                readonly message: string;
                /** @description The values of the message, for messages in other languages. */
                readonly params: {
                    readonly [key: string]: unknown;
                };
            }[];
            /**
             * @description How a request with `outcome_unknown` may be repeated: with its `Idempotency-Key`, or as it is.
             * @enum {string}
             */
            readonly retry?: "same_idempotency_key" | "same_request";
            /** @description The business day. */
            readonly day?: components["schemas"]["Day"];
        };
        readonly DayItem: {
            /** @description The business day. */
            readonly businessDay: string;
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "open" | "closing" | "closed";
            /** @description How many payouts the day has so far. In a rehearsal, and in the `day` of `day_changed`: how many the close would make. */
            readonly payouts: number;
            /** @description The sum of these payouts. */
            readonly totalPaid: number;
            /** @description How many people are still to be paid, as things are now. */
            readonly toPay: number;
            /** @description The sum of the debts that stay, and of balances whose owner is not known. */
            readonly carriedOver: number;
            /** @description How many people have a balance below zero. */
            readonly debtors: number;
            /** @description The sum of the fees. */
            readonly fees: number;
            /** @description The sum of the rewards. */
            readonly rewards: number;
            /** @description The sum of lines that are no fees, rewards or payouts. */
            readonly others: number;
            /**
             * Format: date-time
             * @description When the day ended. Null while it is open.
             */
            readonly endedAt: string | null;
            /** @description Who ended the day: a user, an operator, or `service:accounting` for the schedule. Null while it is open. */
            readonly endedBy: {
                /** @description The id. */
                readonly id: string;
                /** @description The name of the user. Null if it was no user. */
                readonly name: string | null;
            } | null;
            /**
             * Format: date-time
             * @description When the day was closed. Null before.
             */
            readonly closedAt: string | null;
            /** @description The hash of the last block of the chain (SHA-256, hex). Null before the first one. */
            readonly head: string | null;
            /** @description The number of the block of the seal. Null while it is not sealed. */
            readonly block: number | null;
        };
        readonly StatementLine: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The kind of the line: `fee`, `reward`, `payout`, `adjustment`, or what another service requested. */
            readonly kind: string;
            /** @description An amount in minor units. In lines it is signed for the owner of the account. */
            readonly amount: number;
            /** @description The balance of the account after the line. */
            readonly balanceAfter: number;
            /** @description The business day. */
            readonly businessDay: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            readonly occurredAt: string;
            /**
             * Format: date-time
             * @description When it was booked.
             */
            readonly postedAt: string;
            /** @description What it refers to. Null if it refers to nothing. */
            readonly reference: {
                /** @description The type. */
                readonly type: string;
                /** @description The id. */
                readonly id: string;
                /** @description The title. */
                readonly title: string;
                /** @description The id in brackets before the title, such as `POPUG-123`. Null without one. */
                readonly externalId: string | null;
            } | null;
            /** @description The reason of a posting by hand, or what another service says of its posting. Null without one. */
            readonly note: string | null;
            /** @description Who posted it by hand. Null if nobody did. */
            readonly by: {
                /** @description The id. */
                readonly id: string;
                /** @description The name. */
                readonly name: string;
            } | null;
        };
        readonly TopTask: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The title. */
            readonly title: string;
            /** @description The id in brackets before the title, such as `POPUG-123`. Null without one. */
            readonly externalId: string | null;
            /** @description What completing the task pays, in minor units. */
            readonly reward: number;
            /** @description The business day. */
            readonly businessDay: string;
        };
        readonly Today: {
            /** @description The business day. */
            readonly businessDay: string;
            /** @description The fees less the rewards. */
            readonly companyResult: number;
            /** @description The currency of all amounts (ISO 4217). */
            readonly currency: string;
            /** @description The people whose balance is below zero. */
            readonly belowZero: {
                /** @description How many there are. */
                readonly count: number;
                /** @description The items of the page. */
                readonly items: readonly {
                    /**
                     * Format: uuid
                     * @description The id of the user.
                     */
                    readonly userId: string;
                    /** @description The name. */
                    readonly name: string;
                    /** @description The balance in minor units. Below zero it is a debt. */
                    readonly balance: number;
                }[];
            };
        };
        readonly DeadLetterCause: {
            /** @description The name of the service. */
            readonly service: string;
            /** @description The consumer or the loop that failed. */
            readonly consumer: string;
            /** @description The type of the events. Null if it can not be read. */
            readonly type: string | null;
            /** @description The code of the error. */
            readonly code: string;
            /** @description The message of the error. */
            readonly message: string;
            /** @description How many there are. */
            readonly count: number;
            /** @description Whether there are more than `count`. */
            readonly capped: boolean;
            /**
             * Format: date-time
             * @description The time of the first one.
             */
            readonly firstAt: string;
            /**
             * Format: date-time
             * @description The time of the last one.
             */
            readonly lastAt: string;
        };
        readonly DeadLetterCausePage: {
            /** @description The items of the page. */
            readonly items: readonly components["schemas"]["DeadLetterCause"][];
            /** @description The `cursor` of the next page. Null after the last one. */
            readonly nextCursor: string | null;
            /** @description The services that did not answer, so that the answer lacks their part. */
            readonly missing: readonly string[];
        };
        readonly DeadLetter: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The name of the service. */
            readonly service: string;
            /** @description The consumer or the loop that failed. */
            readonly consumer: string;
            /** @description The type of the event. Null if it can not be read. */
            readonly type: string | null;
            /** @description The aggregate of the event and its id, such as `box/<id>`. Null if it can not be read. */
            readonly subject: string | null;
            /** @description How often it was tried. */
            readonly attempts: number;
            /** @description The code of the error. */
            readonly code: string;
            /** @description The message of the error. */
            readonly message: string;
            /**
             * @description Always false.
             * @enum {boolean}
             */
            readonly parked: false;
            /**
             * Format: date-time
             * @description The time.
             */
            readonly at: string;
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "open" | "redriven" | "discarded";
            /**
             * Format: date-time
             * @description When it was redriven or discarded. Null before.
             */
            readonly settledAt: string | null;
            /** @description Who redrove or discarded it. Null before. */
            readonly settledBy: string | null;
            /** @description Why it was discarded. Null if it was not. */
            readonly settledReason: string | null;
            /** @description The id of the event. */
            readonly event: string;
            /** @description The version of the aggregate. Null if it can not be read. */
            readonly sequence: number | null;
            /** @description The headers of the message. */
            readonly headers: {
                readonly [key: string]: string;
            };
            /** @description The data of the event. Times in it are milliseconds since 1970, amounts are in minor units. Null if it can not be read. */
            readonly data: unknown;
            /** @description The bytes of the event, in base64. */
            readonly payload: string;
        };
        readonly DeadLetterItem: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The name of the service. */
            readonly service: string;
            /** @description The consumer or the loop that failed. */
            readonly consumer: string;
            /** @description The type of the event. Null if it can not be read. */
            readonly type: string | null;
            /** @description The aggregate of the event and its id, such as `box/<id>`. Null if it can not be read. */
            readonly subject: string | null;
            /** @description How often it was tried. */
            readonly attempts: number;
            /** @description The code of the error. */
            readonly code: string;
            /** @description The message of the error. */
            readonly message: string;
            /**
             * @description Always false.
             * @enum {boolean}
             */
            readonly parked: false;
            /**
             * Format: date-time
             * @description The time.
             */
            readonly at: string;
        };
        readonly DeadLetterPage: {
            /** @description The items of the page. */
            readonly items: readonly components["schemas"]["DeadLetterItem"][];
            /** @description The `cursor` of the next page. Null after the last one. */
            readonly nextCursor: string | null;
            /** @description The services that did not answer, so that the answer lacks their part. */
            readonly missing: readonly string[];
        };
        readonly DeadLetterJob: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /**
             * @description The state of the job. `stopped`: its dead letters have ended the process too often. The others stay open.
             * @enum {string}
             */
            readonly status: "running" | "completed" | "stopped";
            /** @description How many there are in all. */
            readonly total: number;
            /** @description How many are done. */
            readonly done: number;
            /** @description How many have failed. */
            readonly failed: number;
        };
        readonly User: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The name with which the owner signs in. */
            readonly login: string;
            /** @description The name. */
            readonly name: string;
            /** @description The e-mail address. */
            readonly email: string;
            /** @description The language of mails, by two letters (ISO 639-1). Null: that of the system. */
            readonly locale: string | null;
            /** @description The roles, any slugs; `[]` is allowed. `admin`, `manager`, `accountant`, `boss` and `developer` are known. Tasks go to accounts that are neither `manager` nor `admin`: the employees. */
            readonly roles: readonly string[];
            /** @description Whether the account can sign in. */
            readonly active: boolean;
            /** @description Whether the beak must be changed at the next sign-in. */
            readonly mustChangeBeak: boolean;
            /**
             * Format: date-time
             * @description When it was created.
             */
            readonly createdAt: string;
            /**
             * Format: date-time
             * @description When the owner last signed in. Null before the first time.
             */
            readonly lastSignInAt: string | null;
        };
        readonly Tokens: {
            /**
             * Format: password
             * @description The token for `Authorization: Bearer`.
             */
            readonly accessToken: string;
            /**
             * Format: password
             * @description The token that is exchanged for new ones. It can be used once.
             */
            readonly refreshToken: string;
            /**
             * @description The scheme of `Authorization`.
             * @enum {string}
             */
            readonly tokenType: "Bearer";
            /** @description How long the access token is valid, in seconds. */
            readonly expiresIn: number;
        };
        readonly ServiceAccount: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The name. */
            readonly name: string;
            /** @description The roles that its requests have: any but `admin`. */
            readonly scopes: readonly string[];
            /**
             * Format: date-time
             * @description When it expires.
             */
            readonly expiresAt: string;
            /**
             * Format: date-time
             * @description When it was created.
             */
            readonly createdAt: string;
            /** @description Who created it. */
            readonly createdBy: {
                /**
                 * Format: uuid
                 * @description The id.
                 */
                readonly id: string;
                /** @description The name. */
                readonly name: string;
            };
            /**
             * Format: date-time
             * @description When it was last used, up to a minute late. Null before the first use.
             */
            readonly lastUsedAt: string | null;
            /**
             * Format: date-time
             * @description When it was revoked. Null if it was not.
             */
            readonly revokedAt: string | null;
            /** @description Who revoked it. Null if nobody did. */
            readonly revokedBy: {
                /**
                 * Format: uuid
                 * @description The id.
                 */
                readonly id: string;
                /** @description The name. */
                readonly name: string;
            } | null;
        };
        readonly Session: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            readonly openedAt: string;
            /**
             * Format: date-time
             * @description When it was last used.
             */
            readonly usedAt: string;
            /** @description The network address. Null if it is not known. */
            readonly address: string | null;
            /** @description The program that opened it. Null if it has not said. */
            readonly userAgent: string | null;
            /** @description Whether it is the session of this request. */
            readonly current: boolean;
        };
        readonly SystemHealth: {
            /**
             * Format: date-time
             * @description The time.
             */
            readonly at: string;
            /** @description The services. */
            readonly services: readonly {
                /** @description The name. */
                readonly name: string;
                /** @description How many nodes run it. */
                readonly nodes: number;
                /** @description Nodes that did not answer in time. */
                readonly silent: number;
            }[];
            /** @description The consumers, the worst first. States and rates are those of all nodes together. */
            readonly consumers: readonly {
                /** @description The name. */
                readonly name: string;
                /** @description The name of the service. */
                readonly service: string;
                /**
                 * @description The worst state of its nodes.
                 * @enum {string}
                 */
                readonly state: "stopped" | "waiting" | "closed" | "running";
                /** @description Why it waits or has stopped. Null while it runs. */
                readonly reason: string | null;
                /**
                 * Format: date-time
                 * @description When it stopped. Null unless it has.
                 */
                readonly stoppedAt: string | null;
                /** @description Events that were not delivered yet. Null while NATS does not answer. */
                readonly pending: number | null;
                /** @description Events that were delivered and are not acknowledged yet. Null while NATS does not answer. */
                readonly ackPending: number | null;
                /** @description Of these, events that were delivered more than once. Null while NATS does not answer. */
                readonly redeliveredPending: number | null;
                /** @description Events that are handled in a second. */
                readonly eventsPerSecond: number;
                /** @description The open dead letters. Null while the database does not answer. */
                readonly deadLetters: number | null;
                /** @description How many nodes run it. */
                readonly nodes: number;
            }[];
            /** @description The background loops, the worst first. */
            readonly loops: readonly {
                /** @description The name. */
                readonly name: string;
                /** @description The name of the service. */
                readonly service: string;
                /**
                 * @description The worst state of its nodes.
                 * @enum {string}
                 */
                readonly state: "stalled" | "waiting" | "working" | "idle";
                /** @description Why it makes no progress. Null while it does. */
                readonly reason: string | null;
                /**
                 * Format: date-time
                 * @description Since when it makes no progress. Null while it does.
                 */
                readonly since: string | null;
                /** @description How many nodes run it. */
                readonly nodes: number;
            }[];
            /** @description The outboxes of the services. */
            readonly outboxes: readonly {
                /** @description The name of the service. */
                readonly service: string;
                /** @description Events that wait to be published, counted up to 100,000. */
                readonly waiting: number;
                /** @description The age of the oldest event that waits, in seconds; 0 without any. */
                readonly oldestSeconds: number;
                /** @description Events that the broker refused for good. */
                readonly refused: number;
            }[];
            /** @description The queue of mails. Null if no service that sends mails answers. */
            readonly mails: {
                /** @description Mails that wait to be sent. */
                readonly queued: {
                    /** @description How many there are. */
                    readonly count: number;
                    /** @description Whether there are more than `count`. */
                    readonly capped: boolean;
                };
                /** @description Mails that have failed. */
                readonly failed: {
                    /** @description How many there are. */
                    readonly count: number;
                    /** @description Whether there are more than `count`. */
                    readonly capped: boolean;
                };
                /**
                 * Format: date-time
                 * @description When the oldest queued mail was requested. Null without any.
                 */
                readonly oldestQueuedAt: string | null;
            } | null;
            /** @description The services that did not answer, so that the answer lacks their part. */
            readonly missing: readonly string[];
        };
        readonly Mail: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "queued" | "sent" | "failed";
            /** @description The name of the template. Null for a mail without one. */
            readonly template: string | null;
            /** @description What it is about: `payout/<payout id>`, `request/<id>` or `digest/<shuffle id>:<user id>`. */
            readonly reference: string;
            /** @description The e-mail address of the recipient. */
            readonly recipient: string;
            /** @description The subject of the mail. */
            readonly subject: string;
            /**
             * Format: date-time
             * @description When it was requested.
             */
            readonly requestedAt: string;
            /**
             * Format: date-time
             * @description When it was sent. Null before.
             */
            readonly sentAt: string | null;
            /** @description How often it was tried. */
            readonly attempts: number;
            /**
             * Format: date-time
             * @description When it is tried again. Null if it is not.
             */
            readonly nextAttemptAt: string | null;
            /** @description Why it failed; of a queued mail: why the last attempt failed. Null if none did. */
            readonly reason: string | null;
        };
        readonly LatestReconciliation: {
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "none" | "waiting" | "running" | "done" | "failed";
            /** @description Whether the books agree. Null before the first comparison. */
            readonly consistent: boolean | null;
            /**
             * Format: date-time
             * @description When the comparison began: it covers everything that was committed before. Null before the first comparison.
             */
            readonly checkedAt: string | null;
            /** @description How long it took, in milliseconds. Null before the first comparison, and for accountants. */
            readonly tookMs: number | null;
            /** @description How many differences were found, by their kind. Null before the first comparison, and for accountants. */
            readonly counts: {
                readonly [key: string]: number;
            } | null;
            /** @description The differences that were found, up to a limit. Null before the first comparison, and for accountants. */
            readonly differences: readonly {
                /** @description The code of the error. */
                readonly code: string;
                /** @description The message of the error. */
                readonly message: string;
            }[] | null;
            /** @description How many more differences there are. Null before the first comparison, and for accountants. */
            readonly more: number | null;
        };
        readonly Person: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The name. */
            readonly name: string;
        };
        readonly Task: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /** @description The title. */
            readonly title: string;
            /** @description The id in brackets before the title, such as `POPUG-123`. Null without one. */
            readonly externalId: string | null;
            /** @description The work that the task asks for. */
            readonly description: string;
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "open" | "done";
            /** @description Who the task is assigned to. */
            readonly assignee: components["schemas"]["Person"];
            /** @description Who created it. */
            readonly createdBy: components["schemas"]["Person"];
            /**
             * Format: date-time
             * @description When it was created.
             */
            readonly createdAt: string;
            /**
             * Format: date-time
             * @description When it was completed. Null before.
             */
            readonly completedAt: string | null;
            /** @description The version: 1 after the creation; each change adds one. */
            readonly version: number;
        };
        readonly Shuffle: {
            /**
             * Format: uuid
             * @description The id.
             */
            readonly id: string;
            /**
             * @description The state.
             * @enum {string}
             */
            readonly status: "running" | "completed";
            /** @description How many there are in all. */
            readonly total: number;
            /** @description How many are done. */
            readonly done: number;
            /** @description Who requested it. */
            readonly requestedBy: {
                /** @description The id. */
                readonly id: string;
                /** @description The name. */
                readonly name: string;
            };
            /**
             * Format: date-time
             * @description When it was requested.
             */
            readonly requestedAt: string;
            /**
             * Format: date-time
             * @description When it was completed. Null before.
             */
            readonly completedAt: string | null;
        };
        readonly Event_today: {
            /** @description The business day. */
            readonly businessDay: string;
            /** @description The fees less the rewards. */
            readonly companyResult: number;
            /** @description The currency of all amounts (ISO 4217). */
            readonly currency: string;
            /** @description The people whose balance is below zero. */
            readonly belowZero: {
                /** @description How many there are. */
                readonly count: number;
                /** @description The items of the page. */
                readonly items: readonly {
                    /**
                     * Format: uuid
                     * @description The id of the user.
                     */
                    readonly userId: string;
                    /** @description The name. */
                    readonly name: string;
                    /** @description The balance in minor units. Below zero it is a debt. */
                    readonly balance: number;
                }[];
            };
        };
        readonly Event_system: {
            /**
             * Format: date-time
             * @description The time.
             */
            readonly at: string;
            /** @description The services. */
            readonly services: readonly {
                /** @description The name. */
                readonly name: string;
                /** @description How many nodes run it. */
                readonly nodes: number;
                /** @description Nodes that did not answer in time. */
                readonly silent: number;
            }[];
            /** @description The consumers, the worst first. States and rates are those of all nodes together. */
            readonly consumers: readonly {
                /** @description The name. */
                readonly name: string;
                /** @description The name of the service. */
                readonly service: string;
                /**
                 * @description The worst state of its nodes.
                 * @enum {string}
                 */
                readonly state: "stopped" | "waiting" | "closed" | "running";
                /** @description Why it waits or has stopped. Null while it runs. */
                readonly reason: string | null;
                /**
                 * Format: date-time
                 * @description When it stopped. Null unless it has.
                 */
                readonly stoppedAt: string | null;
                /** @description Events that were not delivered yet. Null while NATS does not answer. */
                readonly pending: number | null;
                /** @description Events that were delivered and are not acknowledged yet. Null while NATS does not answer. */
                readonly ackPending: number | null;
                /** @description Of these, events that were delivered more than once. Null while NATS does not answer. */
                readonly redeliveredPending: number | null;
                /** @description Events that are handled in a second. */
                readonly eventsPerSecond: number;
                /** @description The open dead letters. Null while the database does not answer. */
                readonly deadLetters: number | null;
                /** @description How many nodes run it. */
                readonly nodes: number;
            }[];
            /** @description The background loops, the worst first. */
            readonly loops: readonly {
                /** @description The name. */
                readonly name: string;
                /** @description The name of the service. */
                readonly service: string;
                /**
                 * @description The worst state of its nodes.
                 * @enum {string}
                 */
                readonly state: "stalled" | "waiting" | "working" | "idle";
                /** @description Why it makes no progress. Null while it does. */
                readonly reason: string | null;
                /**
                 * Format: date-time
                 * @description Since when it makes no progress. Null while it does.
                 */
                readonly since: string | null;
                /** @description How many nodes run it. */
                readonly nodes: number;
            }[];
            /** @description The outboxes of the services. */
            readonly outboxes: readonly {
                /** @description The name of the service. */
                readonly service: string;
                /** @description Events that wait to be published, counted up to 100,000. */
                readonly waiting: number;
                /** @description The age of the oldest event that waits, in seconds; 0 without any. */
                readonly oldestSeconds: number;
                /** @description Events that the broker refused for good. */
                readonly refused: number;
            }[];
            /** @description The queue of mails. Null if no service that sends mails answers. */
            readonly mails: {
                /** @description Mails that wait to be sent. */
                readonly queued: {
                    /** @description How many there are. */
                    readonly count: number;
                    /** @description Whether there are more than `count`. */
                    readonly capped: boolean;
                };
                /** @description Mails that have failed. */
                readonly failed: {
                    /** @description How many there are. */
                    readonly count: number;
                    /** @description Whether there are more than `count`. */
                    readonly capped: boolean;
                };
                /**
                 * Format: date-time
                 * @description When the oldest queued mail was requested. Null without any.
                 */
                readonly oldestQueuedAt: string | null;
            } | null;
            /** @description The services that did not answer, so that the answer lacks their part. */
            readonly missing: readonly string[];
        };
    };
    responses: {
        /**
         * @description - `malformed_query`: The query is malformed
         *     - `malformed_request`: This is not a well-formed HTTP request
         */
        readonly "malformed_query.malformed_request": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "malformed_query" | "malformed_request";
                };
            };
        };
        /**
         * @description - `invalid_token`: The token is not valid
         *     - `token_expired`: The token has expired
         *     - `token_stale`: The account changed or the session ended; sign in or refresh
         *     - `unauthenticated`: Sign in first
         */
        readonly "invalid_token.token_expired.token_stale.unauthenticated": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "invalid_token" | "token_expired" | "token_stale" | "unauthenticated";
                };
            };
        };
        /**
         * @description - `forbidden`: Your roles do not allow this
         *     - `origin_not_allowed`: Pages of this origin may not call
         */
        readonly "forbidden.origin_not_allowed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "forbidden" | "origin_not_allowed";
                };
            };
        };
        /** @description - `not_found`: There is no such resource */
        readonly not_found: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "not_found";
                };
            };
        };
        /** @description - `request_timeout`: The request did not arrive in time */
        readonly request_timeout: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "request_timeout";
                };
            };
        };
        /** @description - `misdirected_request`: This host is not served here */
        readonly misdirected_request: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "misdirected_request";
                };
            };
        };
        /** @description - `validation_failed`: Some fields are invalid */
        readonly validation_failed: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "validation_failed";
                };
            };
        };
        /** @description - `too_many_requests`: Too many requests */
        readonly too_many_requests: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "too_many_requests";
                };
            };
        };
        /** @description - `headers_too_large`: The headers are too large */
        readonly headers_too_large: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "headers_too_large";
                };
            };
        };
        /** @description - `internal_error`: Something went wrong on our side */
        readonly internal_error: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "internal_error";
                };
            };
        };
        /** @description - `service_unavailable`: Part of the system is temporarily unavailable */
        readonly service_unavailable: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "service_unavailable";
                };
            };
        };
        /**
         * @description - `invalid_cursor`: The cursor was not made by this list
         *     - `malformed_query`: The query is malformed
         *     - `malformed_request`: This is not a well-formed HTTP request
         */
        readonly "invalid_cursor.malformed_query.malformed_request": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "invalid_cursor" | "malformed_query" | "malformed_request";
                };
            };
        };
        /** @description - `not_acceptable`: None of the accepted media types can be produced */
        readonly not_acceptable: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "not_acceptable";
                };
            };
        };
        /**
         * @description - `malformed_body`: The body is not valid JSON
         *     - `malformed_query`: The query is malformed
         *     - `malformed_request`: This is not a well-formed HTTP request
         */
        readonly "malformed_body.malformed_query.malformed_request": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "malformed_body" | "malformed_query" | "malformed_request";
                };
            };
        };
        /**
         * @description - `forbidden`: Your roles do not allow this
         *     - `origin_not_allowed`: Pages of this origin may not call
         *     - `own_account`: Nobody may adjust their own account
         */
        readonly "forbidden.origin_not_allowed.own_account": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "forbidden" | "origin_not_allowed" | "own_account";
                };
            };
        };
        /** @description - `idempotency_key_in_use`: A request with this key is still running */
        readonly idempotency_key_in_use: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "idempotency_key_in_use";
                };
            };
        };
        /** @description - `body_too_large`: The body is too large */
        readonly body_too_large: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "body_too_large";
                };
            };
        };
        /** @description - `unsupported_media_type`: The body must be application/json */
        readonly unsupported_media_type: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "unsupported_media_type";
                };
            };
        };
        /**
         * @description - `idempotency_key_reused`: This key was used with another request
         *     - `validation_failed`: Some fields are invalid
         */
        readonly "idempotency_key_reused.validation_failed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "idempotency_key_reused" | "validation_failed";
                };
            };
        };
        /** @description - `outcome_unknown`: It is unknown whether the request was carried out */
        readonly outcome_unknown: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "outcome_unknown";
                };
            };
        };
        /**
         * @description - `day_changed`: The payouts of the day have changed
         *     - `day_not_begun`: The business day has not begun
         *     - `idempotency_key_in_use`: A request with this key is still running
         */
        readonly "day_changed.day_not_begun.idempotency_key_in_use": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "day_changed" | "day_not_begun" | "idempotency_key_in_use";
                };
            };
        };
        /** @description - `origin_not_allowed`: Pages of this origin may not call */
        readonly origin_not_allowed: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "origin_not_allowed";
                };
            };
        };
        /**
         * @description - `conflict`: The state of the resource does not allow this
         *     - `idempotency_key_in_use`: A request with this key is still running
         */
        readonly "conflict.idempotency_key_in_use": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "conflict" | "idempotency_key_in_use";
                };
            };
        };
        /**
         * @description - `conflict`: The state of the resource does not allow this
         *     - `idempotency_key_in_use`: A request with this key is still running
         *     - `redrive_failed`: The event failed again and stays a dead letter
         */
        readonly "conflict.idempotency_key_in_use.redrive_failed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "conflict" | "idempotency_key_in_use" | "redrive_failed";
                };
            };
        };
        /** @description - `wrong_code`: The code is wrong */
        readonly wrong_code: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "wrong_code";
                };
            };
        };
        /**
         * @description - `account_inactive`: The account is not active
         *     - `idempotency_key_in_use`: A request with this key is still running
         */
        readonly "account_inactive.idempotency_key_in_use": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "account_inactive" | "idempotency_key_in_use";
                };
            };
        };
        /** @description - `last_admin`: The last active admin must stay one */
        readonly last_admin: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "last_admin";
                };
            };
        };
        /**
         * @description - `invalid_token`: The token is not valid
         *     - `token_expired`: The token has expired
         *     - `token_stale`: The account changed or the session ended; sign in or refresh
         *     - `unauthenticated`: Sign in first
         *     - `wrong_credentials`: Login or beak is wrong
         */
        readonly "invalid_token.token_expired.token_stale.unauthenticated.wrong_credentials": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "invalid_token" | "token_expired" | "token_stale" | "unauthenticated" | "wrong_credentials";
                };
            };
        };
        /** @description - `wrong_credentials`: Login or beak is wrong */
        readonly wrong_credentials: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "wrong_credentials";
                };
            };
        };
        /**
         * @description - `beak_change_required`: The beak must be changed
         *     - `origin_not_allowed`: Pages of this origin may not call
         */
        readonly "beak_change_required.origin_not_allowed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "beak_change_required" | "origin_not_allowed";
                };
            };
        };
        /** @description - `unauthenticated`: Sign in first */
        readonly unauthenticated: {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "unauthenticated";
                };
            };
        };
        /**
         * @description - `invalid_token`: The token is not valid
         *     - `unauthenticated`: Sign in first
         */
        readonly "invalid_token.unauthenticated": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "invalid_token" | "unauthenticated";
                };
            };
        };
        /**
         * @description - `invalid_token`: The token is not valid
         *     - `token_expired`: The token has expired
         *     - `unauthenticated`: Sign in first
         */
        readonly "invalid_token.token_expired.unauthenticated": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "invalid_token" | "token_expired" | "unauthenticated";
                };
            };
        };
        /**
         * @description - `idempotency_key_in_use`: A request with this key is still running
         *     - `login_taken`: The login is taken
         */
        readonly "idempotency_key_in_use.login_taken": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "idempotency_key_in_use" | "login_taken";
                };
            };
        };
        /**
         * @description - `conflict`: The state of the resource does not allow this
         *     - `idempotency_key_in_use`: A request with this key is still running
         *     - `mail_expired`: The mail has expired
         *     - `mail_not_failed`: Only a mail that failed can be sent again
         */
        readonly "conflict.idempotency_key_in_use.mail_expired.mail_not_failed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "conflict" | "idempotency_key_in_use" | "mail_expired" | "mail_not_failed";
                };
            };
        };
        /**
         * @description - `not_your_task`: Only its assignee may complete a task
         *     - `origin_not_allowed`: Pages of this origin may not call
         */
        readonly "not_your_task.origin_not_allowed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "not_your_task" | "origin_not_allowed";
                };
            };
        };
        /**
         * @description - `conflict`: The state of the resource does not allow this
         *     - `idempotency_key_in_use`: A request with this key is still running
         *     - `task_already_done`: The task is already done
         */
        readonly "conflict.idempotency_key_in_use.task_already_done": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "conflict" | "idempotency_key_in_use" | "task_already_done";
                };
            };
        };
        /**
         * @description - `idempotency_key_in_use`: A request with this key is still running
         *     - `nobody_assignable`: There is nobody to assign the task to
         */
        readonly "idempotency_key_in_use.nobody_assignable": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly "Retry-After": components["headers"]["Retry-After"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "idempotency_key_in_use" | "nobody_assignable";
                };
            };
        };
        /**
         * @description - `metrics_refused`: The metrics may not be read from this address
         *     - `origin_not_allowed`: Pages of this origin may not call
         */
        readonly "metrics_refused.origin_not_allowed": {
            headers: {
                readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {unknown} */
                    readonly code?: "metrics_refused" | "origin_not_allowed";
                };
            };
        };
    };
    parameters: {
        /**
         * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
         * @example 6f1d4c2e
         */
        readonly "Idempotency-Key": string;
        /**
         * @description The id of the last event that the client got. Then a first event is sent only after a change.
         * @example 0123456789abcdef
         */
        readonly "Last-Event-ID": string;
        /**
         * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
         * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
         */
        readonly "X-Request-Id": string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The path of the resource that was created or begun.
         * @example /api/v1/things/019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
         */
        readonly Location: string;
        /**
         * @description The id of the request, in logs and in events.
         * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
         */
        readonly "X-Request-Id": string;
        /**
         * @description Only for our own pages: the cookie with the secret, or its end.
         * @example name=value; Path=/api/v1/auth; HttpOnly; SameSite=Strict
         */
        readonly "Set-Cookie": string;
        /**
         * @description Seconds after which to retry.
         * @example 1
         */
        readonly "Retry-After": number;
        /**
         * @description The scheme to use, and the error of the token, if there was a token (RFC 6750).
         * @example Bearer realm="api"
         */
        readonly "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly "accounting.account": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id of the user, or `me` for the caller.
                 * @example me
                 */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "balance": 1400,
                     *       "currency": "USD",
                     *       "today": {
                     *         "charged": 1400,
                     *         "earned": 1400,
                     *         "net": 1400
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id of the user.
                         */
                        readonly userId: string;
                        /** @description The balance in minor units. Below zero it is a debt. */
                        readonly balance: number;
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The figures of the open day. */
                        readonly today: {
                            /** @description The sum of the fees, as a positive amount. */
                            readonly charged: number;
                            /** @description The sum of the rewards. */
                            readonly earned: number;
                            /** @description What was earned less what was charged. */
                            readonly net: number;
                        };
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.accounts": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The order. A minus reverses it.
                 * @example name
                 */
                readonly sort?: "name" | "balance" | "-balance";
                /**
                 * @description A text to search for.
                 * @example text
                 */
                readonly text?: string;
                /**
                 * @description Only accounts with a balance below this, in minor units.
                 * @example 1
                 */
                readonly below?: number;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "name": "text",
                     *           "balance": 1400,
                     *           "ownerKnown": true
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The items of the page. */
                        readonly items: readonly {
                            /**
                             * Format: uuid
                             * @description The id of the user.
                             */
                            readonly userId: string;
                            /** @description The name. */
                            readonly name: string;
                            /** @description The balance in minor units. Below zero it is a debt. */
                            readonly balance: number;
                            /** @description Whether the owner has an account here. Only known owners are paid. */
                            readonly ownerKnown: boolean;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example userId,name,balance,ownerKnown,currency
                     *     019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,text,1400,true,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.adjust": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                 *       "amount": 1,
                 *       "reason": "A correction"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: uuid
                     * @description The id of the user.
                     */
                    readonly userId: string;
                    /** @description An amount in minor units. In lines it is signed for the owner of the account. */
                    readonly amount: number;
                    /** @description The reason. */
                    readonly reason: string;
                };
            };
        };
        readonly responses: {
            /** @description Created */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "kind": "fee",
                     *       "amount": 1400,
                     *       "balanceAfter": 1400,
                     *       "businessDay": "2026-03-31",
                     *       "occurredAt": "2026-03-31T12:30:00.000Z",
                     *       "postedAt": "2026-03-31T12:30:00.000Z",
                     *       "reference": {
                     *         "type": "task",
                     *         "id": "text",
                     *         "title": "Wash the cage",
                     *         "externalId": "POPUG-1"
                     *       },
                     *       "note": "A correction",
                     *       "by": {
                     *         "id": "text",
                     *         "name": "Mia"
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /**
                         * Format: uuid
                         * @description The id.
                         */
                        readonly id: string;
                        /** @description The kind of the line: `fee`, `reward`, `payout`, `adjustment`, or what another service requested. */
                        readonly kind: string;
                        /** @description An amount in minor units. In lines it is signed for the owner of the account. */
                        readonly amount: number;
                        /** @description The balance of the account after the line. */
                        readonly balanceAfter: number;
                        /** @description The business day. */
                        readonly businessDay: string;
                        /**
                         * Format: date-time
                         * @description When it happened.
                         */
                        readonly occurredAt: string;
                        /**
                         * Format: date-time
                         * @description When it was booked.
                         */
                        readonly postedAt: string;
                        /** @description What it refers to. Null if it refers to nothing. */
                        readonly reference: {
                            /** @description The type. */
                            readonly type: string;
                            /** @description The id. */
                            readonly id: string;
                            /** @description The title. */
                            readonly title: string;
                            /** @description The id in brackets before the title, such as `POPUG-123`. Null without one. */
                            readonly externalId: string | null;
                        } | null;
                        /** @description The reason of a posting by hand, or what another service says of its posting. Null without one. */
                        readonly note: string | null;
                        /** @description Who posted it by hand. Null if nobody did. */
                        readonly by: {
                            /** @description The id. */
                            readonly id: string;
                            /** @description The name. */
                            readonly name: string;
                        } | null;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed.own_account"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "accounting.balance": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The time at which the balance is read. Default: now.
                 * @example 2026-03-31T12:30:00Z
                 */
                readonly at?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id of the user, or `me` for the caller.
                 * @example me
                 */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "at": "2026-03-31T12:30:00.000Z",
                     *       "currency": "USD",
                     *       "balance": 1400
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id of the user.
                         */
                        readonly userId: string;
                        /**
                         * Format: date-time
                         * @description The time.
                         */
                        readonly at: string;
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The balance in minor units. Below zero it is a debt. */
                        readonly balance: number;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.closeDay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The business day.
                 * @example 2026-03-31
                 */
                readonly day: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "dryRun": true,
                 *       "expected": {
                 *         "payouts": 1,
                 *         "totalPaid": 1400
                 *       }
                 *     }
                 */
                readonly "application/json": {
                    /** @description Whether the close is only rehearsed. */
                    readonly dryRun?: boolean | null;
                    /** @description The figures that a rehearsal has shown. If they have changed, the close is refused. */
                    readonly expected?: {
                        /** @description How many payouts the close would make: `payouts` of the rehearsal. */
                        readonly payouts: number;
                        /** @description The sum of these payouts: `totalPaid` of the rehearsal. */
                        readonly totalPaid: number;
                    } | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "businessDay": "2026-03-31",
                     *       "status": "open",
                     *       "payouts": 1,
                     *       "totalPaid": 1400,
                     *       "toPay": 1,
                     *       "carriedOver": 1400,
                     *       "debtors": 1,
                     *       "fees": 1400,
                     *       "rewards": 1400,
                     *       "others": 1400,
                     *       "endedAt": "2026-03-31T12:30:00.000Z",
                     *       "endedBy": {
                     *         "id": "service:accounting",
                     *         "name": "Mia"
                     *       },
                     *       "closedAt": "2026-03-31T12:30:00.000Z",
                     *       "head": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "block": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Day"];
                };
            };
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "businessDay": "2026-03-31",
                     *       "status": "open",
                     *       "payouts": 1,
                     *       "totalPaid": 1400,
                     *       "toPay": 1,
                     *       "carriedOver": 1400,
                     *       "debtors": 1,
                     *       "fees": 1400,
                     *       "rewards": 1400,
                     *       "others": 1400,
                     *       "endedAt": "2026-03-31T12:30:00.000Z",
                     *       "endedBy": {
                     *         "id": "service:accounting",
                     *         "name": "Mia"
                     *       },
                     *       "closedAt": "2026-03-31T12:30:00.000Z",
                     *       "head": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "block": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Day"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["day_changed.day_not_begun.idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "accounting.company": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The most items of a page.
                 * @example 1
                 */
                readonly limit?: number;
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "businessDay": "2026-03-31",
                     *           "result": 1400,
                     *           "fees": 1400,
                     *           "rewards": 1400,
                     *           "payouts": 1400,
                     *           "closed": true
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The items of the page. */
                        readonly items: readonly {
                            /** @description The business day. */
                            readonly businessDay: string;
                            /** @description The fees less the rewards. */
                            readonly result: number;
                            /** @description The sum of the fees. */
                            readonly fees: number;
                            /** @description The sum of the rewards. */
                            readonly rewards: number;
                            /** @description The sum of the payouts. */
                            readonly payouts: number;
                            /** @description Whether the day is closed. */
                            readonly closed: boolean;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example businessDay,result,fees,rewards,payouts,closed,currency
                     *     2026-03-31,1400,1400,1400,1400,true,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.day": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The business day.
                 * @example 2026-03-31
                 */
                readonly day: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "businessDay": "2026-03-31",
                     *       "status": "open",
                     *       "payouts": 1,
                     *       "totalPaid": 1400,
                     *       "toPay": 1,
                     *       "carriedOver": 1400,
                     *       "debtors": 1,
                     *       "fees": 1400,
                     *       "rewards": 1400,
                     *       "others": 1400,
                     *       "endedAt": "2026-03-31T12:30:00.000Z",
                     *       "endedBy": {
                     *         "id": "service:accounting",
                     *         "name": "Mia"
                     *       },
                     *       "closedAt": "2026-03-31T12:30:00.000Z",
                     *       "head": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "block": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Day"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.days": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The most items of a page.
                 * @example 1
                 */
                readonly limit?: number;
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "businessDay": "2026-03-31",
                     *           "status": "open",
                     *           "payouts": 1,
                     *           "totalPaid": 1400,
                     *           "toPay": 1,
                     *           "carriedOver": 1400,
                     *           "debtors": 1,
                     *           "fees": 1400,
                     *           "rewards": 1400,
                     *           "others": 1400,
                     *           "endedAt": "2026-03-31T12:30:00.000Z",
                     *           "endedBy": {
                     *             "id": "service:accounting",
                     *             "name": "Mia"
                     *           },
                     *           "closedAt": "2026-03-31T12:30:00.000Z",
                     *           "head": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *           "block": 1
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["DayItem"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example businessDay,status,payouts,totalPaid,toPay,carriedOver,debtors,fees,rewards,others,endedAt,endedBy.id,endedBy.name,closedAt,head,block,currency
                     *     2026-03-31,open,1,1400,1,1400,1,1400,1400,1400,2026-03-31T12:30:00.000Z,service:accounting,Mia,2026-03-31T12:30:00.000Z,0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,1,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.payouts": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The business day.
                 * @example 2026-03-31
                 */
                readonly day: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "name": "Pip",
                     *           "operations": 1,
                     *           "earned": 1400,
                     *           "carriedIn": 1400,
                     *           "amount": 1400,
                     *           "entryId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "payoutId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The items of the page. */
                        readonly items: readonly {
                            /**
                             * Format: uuid
                             * @description The id of the user.
                             */
                            readonly userId: string;
                            /** @description The name. */
                            readonly name: string;
                            /** @description How many other lines the account has on that day. */
                            readonly operations: number;
                            /** @description The sum of the other lines of the account on that day: rewards less fees, with adjustments. `earned` and `carriedIn` make `amount`. */
                            readonly earned: number;
                            /** @description The balance from earlier days, below zero for a debt. */
                            readonly carriedIn: number;
                            /** @description An amount in minor units. In lines it is signed for the owner of the account. */
                            readonly amount: number;
                            /**
                             * Format: uuid
                             * @description The id of the line. Null if the payout is only previewed.
                             */
                            readonly entryId: string | null;
                            /**
                             * Format: uuid
                             * @description The id of the payout in events and mails. Null if the payout is only previewed.
                             */
                            readonly payoutId: string | null;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example userId,name,operations,earned,carriedIn,amount,entryId,payoutId,currency
                     *     019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,Pip,1,1400,1400,1400,019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.seal": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "head": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "block": 1,
                     *       "sealedAt": "2026-03-31T12:30:00.000Z",
                     *       "unsealed": 1
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The hash of the last block of the chain (SHA-256, hex). Null before the first one. */
                        readonly head: string | null;
                        /** @description The number of the newest block. Null before the first one. */
                        readonly block: number | null;
                        /**
                         * Format: date-time
                         * @description When the newest block was sealed. Null before the first one.
                         */
                        readonly sealedAt: string | null;
                        /** @description How many postings wait for their seal, counted up to 10,000. */
                        readonly unsealed: number;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.sealBlock": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The number of the block, from 1. The newest one is `block` of `GET /accounting/seal`.
                 * @example 1
                 */
                readonly number: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "number": 1,
                     *       "postings": 1,
                     *       "hash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "previousHash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "sealedAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The number of the block, from 1. */
                        readonly number: number;
                        /** @description How many postings the block covers. */
                        readonly postings: number;
                        /** @description The hash of the block (SHA-256, hex). */
                        readonly hash: string;
                        /** @description The hash of the block before; zeros for the first block. */
                        readonly previousHash: string;
                        /**
                         * Format: date-time
                         * @description When it was sealed.
                         */
                        readonly sealedAt: string;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.statement": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
                /**
                 * @description The kind of the line: `fee`, `reward`, `payout`, `adjustment`, or what another service requested.
                 * @example fee
                 */
                readonly kind?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id of the user, or `me` for the caller.
                 * @example me
                 */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "kind": "fee",
                     *           "amount": 1400,
                     *           "balanceAfter": 1400,
                     *           "businessDay": "2026-03-31",
                     *           "occurredAt": "2026-03-31T12:30:00.000Z",
                     *           "postedAt": "2026-03-31T12:30:00.000Z",
                     *           "reference": {
                     *             "type": "task",
                     *             "id": "text",
                     *             "title": "Wash the cage",
                     *             "externalId": "POPUG-1"
                     *           },
                     *           "note": "A correction",
                     *           "by": {
                     *             "id": "text",
                     *             "name": "Mia"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["StatementLine"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example id,kind,amount,balanceAfter,businessDay,occurredAt,postedAt,reference.type,reference.id,reference.title,reference.externalId,note,by.id,by.name,currency
                     *     019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,fee,1400,1400,2026-03-31,2026-03-31T12:30:00.000Z,2026-03-31T12:30:00.000Z,task,text,Wash the cage,POPUG-1,A correction,text,Mia,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.summary": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id of the user, or `me` for the caller.
                 * @example me
                 */
                readonly userId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "from": "2026-03-31",
                     *       "to": "2026-03-31",
                     *       "currency": "USD",
                     *       "opening": 1400,
                     *       "fees": 1400,
                     *       "rewards": 1400,
                     *       "payouts": 1400,
                     *       "others": 1400,
                     *       "closing": 1400
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id of the user.
                         */
                        readonly userId: string;
                        /** @description The first business day of the range. */
                        readonly from: string;
                        /** @description The last business day of the range. */
                        readonly to: string;
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The balance before the range. */
                        readonly opening: number;
                        /** @description The sum of the fees. */
                        readonly fees: number;
                        /** @description The sum of the rewards. */
                        readonly rewards: number;
                        /** @description The sum of the payouts. */
                        readonly payouts: number;
                        /** @description The sum of lines that are no fees, rewards or payouts. */
                        readonly others: number;
                        /** @description The balance after the range. */
                        readonly closing: number;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.task": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The most items of a page.
                 * @example 200
                 */
                readonly limit?: number;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id of the task.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly taskId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "taskId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "currency": "USD",
                     *       "fee": 1400,
                     *       "reward": 1400,
                     *       "lines": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "kind": "fee",
                     *           "amount": 1400,
                     *           "balanceAfter": 1400,
                     *           "businessDay": "2026-03-31",
                     *           "occurredAt": "2026-03-31T12:30:00.000Z",
                     *           "postedAt": "2026-03-31T12:30:00.000Z",
                     *           "reference": {
                     *             "type": "task",
                     *             "id": "text",
                     *             "title": "Wash the cage",
                     *             "externalId": "POPUG-1"
                     *           },
                     *           "note": "A correction",
                     *           "by": {
                     *             "id": "text",
                     *             "name": "Mia"
                     *           },
                     *           "employee": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "Pip"
                     *           },
                     *           "block": 1,
                     *           "payout": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "businessDay": "2026-03-31"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id of the task.
                         */
                        readonly taskId: string;
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The price of an assignment, in minor units. Null unless the caller has a line about the task, or is accountant or admin. */
                        readonly fee: number | null;
                        /** @description What completing the task pays, in minor units. Null unless the caller has a line about the task, or is accountant or admin. */
                        readonly reward: number | null;
                        /** @description The lines about the task. */
                        readonly lines: readonly {
                            /**
                             * Format: uuid
                             * @description The id.
                             */
                            readonly id: string;
                            /** @description The kind of the line: `fee`, `reward`, `payout`, `adjustment`, or what another service requested. */
                            readonly kind: string;
                            /** @description An amount in minor units. In lines it is signed for the owner of the account. */
                            readonly amount: number;
                            /** @description The balance of the account after the line. */
                            readonly balanceAfter: number;
                            /** @description The business day. */
                            readonly businessDay: string;
                            /**
                             * Format: date-time
                             * @description When it happened.
                             */
                            readonly occurredAt: string;
                            /**
                             * Format: date-time
                             * @description When it was booked.
                             */
                            readonly postedAt: string;
                            /** @description What it refers to. Null if it refers to nothing. */
                            readonly reference: {
                                /** @description The type. */
                                readonly type: string;
                                /** @description The id. */
                                readonly id: string;
                                /** @description The title. */
                                readonly title: string;
                                /** @description The id in brackets before the title, such as `POPUG-123`. Null without one. */
                                readonly externalId: string | null;
                            } | null;
                            /** @description The reason of a posting by hand, or what another service says of its posting. Null without one. */
                            readonly note: string | null;
                            /** @description Who posted it by hand. Null if nobody did. */
                            readonly by: {
                                /** @description The id. */
                                readonly id: string;
                                /** @description The name. */
                                readonly name: string;
                            } | null;
                            /** @description Whose account the line belongs to. */
                            readonly employee: {
                                /**
                                 * Format: uuid
                                 * @description The id.
                                 */
                                readonly id: string;
                                /** @description The name. */
                                readonly name: string;
                            };
                            /** @description The number of the block of the seal. Null while it is not sealed. */
                            readonly block: number | null;
                            /** @description The payout in which the line was paid out. Null before. */
                            readonly payout: {
                                /**
                                 * Format: uuid
                                 * @description The id.
                                 */
                                readonly id: string;
                                /** @description The business day. */
                                readonly businessDay: string;
                            } | null;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "accounting.today": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "businessDay": "2026-03-31",
                     *       "status": "open",
                     *       "payouts": 1,
                     *       "totalPaid": 1400,
                     *       "toPay": 1,
                     *       "carriedOver": 1400,
                     *       "debtors": 1,
                     *       "fees": 1400,
                     *       "rewards": 1400,
                     *       "others": 1400,
                     *       "endedAt": "2026-03-31T12:30:00.000Z",
                     *       "endedBy": {
                     *         "id": "service:accounting",
                     *         "name": "Mia"
                     *       },
                     *       "closedAt": "2026-03-31T12:30:00.000Z",
                     *       "head": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                     *       "block": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Day"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "analytics.days": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 1
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "businessDay": "2026-03-31",
                     *           "companyResult": 1400,
                     *           "payouts": 1400,
                     *           "belowZero": 1,
                     *           "averageFee": 1400,
                     *           "averageReward": 1400,
                     *           "topTask": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "title": "Wash the cage",
                     *             "externalId": "POPUG-1",
                     *             "reward": 1400,
                     *             "businessDay": "2026-03-31"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description Some of them. */
                        readonly items: readonly {
                            /** @description The business day. */
                            readonly businessDay: string;
                            /** @description The fees less the rewards. */
                            readonly companyResult: number;
                            /** @description The sum of the payouts. */
                            readonly payouts: number;
                            /** @description How many people were below zero at the end of the day; today: now. */
                            readonly belowZero: number;
                            /** @description The mean of the fees of the day, in whole minor units. Null without any. */
                            readonly averageFee: number | null;
                            /** @description The mean of the rewards of the day, in whole minor units. Null without any. */
                            readonly averageReward: number | null;
                            /** @description The completed task with the highest reward. Null without any. */
                            readonly topTask: components["schemas"]["TopTask"] | null;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "analytics.live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description The id of the last event that the client got. Then a first event is sent only after a change.
                 * @example 0123456789abcdef
                 */
                readonly "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example event: today
                     *     id: 0123456789abcdef
                     *     data: {"businessDay":"2026-03-31","companyResult":1400,"currency":"USD","belowZero":{"count":1,"items":[{"userId":"019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05","name":"text","balance":1400}]}}
                     */
                    readonly "text/event-stream": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "analytics.operations": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The id of the user.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly userId?: string;
                /**
                 * @description The kind of the line: `fee`, `reward`, `payout`, `adjustment`, or what another service requested.
                 * @example fee
                 */
                readonly kind?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The business day.
                 * @example 2026-03-31
                 */
                readonly day: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "kind": "fee",
                     *           "amount": 1400,
                     *           "balanceAfter": 1400,
                     *           "businessDay": "2026-03-31",
                     *           "occurredAt": "2026-03-31T12:30:00.000Z",
                     *           "postedAt": "2026-03-31T12:30:00.000Z",
                     *           "reference": {
                     *             "type": "task",
                     *             "id": "text",
                     *             "title": "Wash the cage",
                     *             "externalId": "POPUG-1"
                     *           },
                     *           "note": "A correction",
                     *           "by": {
                     *             "id": "text",
                     *             "name": "Mia"
                     *           },
                     *           "employee": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "text"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description Some of them. */
                        readonly items: readonly {
                            /**
                             * Format: uuid
                             * @description The id.
                             */
                            readonly id: string;
                            /** @description The kind of the line: `fee`, `reward`, `payout`, `adjustment`, or what another service requested. */
                            readonly kind: string;
                            /** @description An amount in minor units. In lines it is signed for the owner of the account. */
                            readonly amount: number;
                            /** @description The balance of the account after the line. */
                            readonly balanceAfter: number;
                            /** @description The business day. */
                            readonly businessDay: string;
                            /**
                             * Format: date-time
                             * @description When it happened.
                             */
                            readonly occurredAt: string;
                            /**
                             * Format: date-time
                             * @description When it was booked.
                             */
                            readonly postedAt: string;
                            /** @description What it refers to. Null if it refers to nothing. */
                            readonly reference: {
                                /** @description The type. */
                                readonly type: string;
                                /** @description The id. */
                                readonly id: string;
                                /** @description The title. */
                                readonly title: string;
                                /** @description The id in brackets before the title, such as `POPUG-123`. Null without one. */
                                readonly externalId: string | null;
                            } | null;
                            /** @description The reason of a posting by hand, or what another service says of its posting. Null without one. */
                            readonly note: string | null;
                            /** @description Who posted it by hand. Null if nobody did. */
                            readonly by: {
                                /** @description The id. */
                                readonly id: string;
                                /** @description The name. */
                                readonly name: string;
                            } | null;
                            /** @description Whose account the line belongs to. */
                            readonly employee: {
                                /**
                                 * Format: uuid
                                 * @description The id.
                                 */
                                readonly id: string;
                                /** @description The name. */
                                readonly name: string;
                            };
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example id,employee.id,employee.name,kind,amount,balanceAfter,businessDay,occurredAt,postedAt,reference.type,reference.id,reference.title,reference.externalId,note,by.id,by.name,currency
                     *     019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,text,fee,1400,1400,2026-03-31,2026-03-31T12:30:00.000Z,2026-03-31T12:30:00.000Z,task,text,Wash the cage,POPUG-1,A correction,text,Mia,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "analytics.today": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "businessDay": "2026-03-31",
                     *       "companyResult": 1400,
                     *       "currency": "USD",
                     *       "belowZero": {
                     *         "count": 1,
                     *         "items": [
                     *           {
                     *             "userId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "text",
                     *             "balance": 1400
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Today"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "analytics.topOfPeriods": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 1
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The length of the periods. Weeks begin on Monday.
                 * @example day
                 */
                readonly by?: "day" | "week" | "month";
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "from": "2026-03-31",
                     *           "to": "2026-03-31",
                     *           "task": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "title": "Wash the cage",
                     *             "externalId": "POPUG-1",
                     *             "reward": 1400,
                     *             "businessDay": "2026-03-31"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description Some of them. */
                        readonly items: readonly {
                            /** @description The first business day of the range. */
                            readonly from: string;
                            /** @description The last business day of the range. */
                            readonly to: string;
                            /** @description The task. Null if there is none. */
                            readonly task: components["schemas"]["TopTask"] | null;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example from,to,task.id,task.title,task.externalId,task.reward,task.businessDay,currency
                     *     2026-03-31,2026-03-31,019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,Wash the cage,POPUG-1,1400,2026-03-31,USD
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "analytics.topTask": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The first business day of the range.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description The last business day of the range.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-03-31",
                     *       "to": "2026-03-31",
                     *       "currency": "USD",
                     *       "task": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "title": "Wash the cage",
                     *         "externalId": "POPUG-1",
                     *         "reward": 1400,
                     *         "businessDay": "2026-03-31"
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The first business day of the range. */
                        readonly from: string;
                        /** @description The last business day of the range. */
                        readonly to: string;
                        /** @description The currency of all amounts (ISO 4217). */
                        readonly currency: string;
                        /** @description The task. Null if there is none. */
                        readonly task: components["schemas"]["TopTask"] | null;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "audit.causes": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "service": "text",
                     *           "consumer": "text",
                     *           "type": "text",
                     *           "code": "23514",
                     *           "message": "text",
                     *           "count": 1,
                     *           "capped": true,
                     *           "firstAt": "2026-03-31T12:30:00.000Z",
                     *           "lastAt": "2026-03-31T12:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text",
                     *       "missing": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetterCausePage"];
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "audit.deadLetter": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "service": "text",
                     *       "consumer": "text",
                     *       "type": "text",
                     *       "subject": "text",
                     *       "attempts": 1,
                     *       "code": "text",
                     *       "message": "text",
                     *       "parked": false,
                     *       "at": "2026-03-31T12:30:00.000Z",
                     *       "status": "open",
                     *       "settledAt": "2026-03-31T12:30:00.000Z",
                     *       "settledBy": "text",
                     *       "settledReason": "text",
                     *       "event": "text",
                     *       "sequence": 1,
                     *       "headers": {
                     *         "name": "text"
                     *       },
                     *       "data": {},
                     *       "payload": "text"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetter"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "audit.deadLetters": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The state.
                 * @example open
                 */
                readonly status?: "open" | "redriven" | "discarded";
                /**
                 * @description The name of the service.
                 * @example text
                 */
                readonly service?: string;
                /**
                 * @description The consumer or the loop that failed.
                 * @example text
                 */
                readonly consumer?: string;
                /**
                 * @description The type.
                 * @example text
                 */
                readonly type?: string;
                /**
                 * @description The code of the error.
                 * @example text
                 */
                readonly code?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "service": "text",
                     *           "consumer": "text",
                     *           "type": "text",
                     *           "subject": "text",
                     *           "attempts": 1,
                     *           "code": "text",
                     *           "message": "text",
                     *           "parked": false,
                     *           "at": "2026-03-31T12:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text",
                     *       "missing": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "audit.discard": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "reason": "text"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The reason. */
                    readonly reason: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "service": "text",
                     *       "consumer": "text",
                     *       "type": "text",
                     *       "subject": "text",
                     *       "attempts": 1,
                     *       "code": "text",
                     *       "message": "text",
                     *       "parked": false,
                     *       "at": "2026-03-31T12:30:00.000Z",
                     *       "status": "open",
                     *       "settledAt": "2026-03-31T12:30:00.000Z",
                     *       "settledBy": "text",
                     *       "settledReason": "text",
                     *       "event": "text",
                     *       "sequence": 1,
                     *       "headers": {
                     *         "name": "text"
                     *       },
                     *       "data": {},
                     *       "payload": "text"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetter"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["conflict.idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "audit.discards": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "service": "accounting",
                 *       "consumer": "accounting-tasks",
                 *       "type": "tasks.task.created.v1",
                 *       "code": "23514",
                 *       "reason": "text"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name of the service. */
                    readonly service: string;
                    /** @description The consumer or the loop that failed. */
                    readonly consumer: string;
                    /** @description The type of the events. Null: messages without one. */
                    readonly type?: string | null;
                    /** @description The code of the error. */
                    readonly code: string;
                    /** @description The reason. */
                    readonly reason: string;
                };
            };
        };
        readonly responses: {
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "running",
                     *       "total": 1,
                     *       "done": 1,
                     *       "failed": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetterJob"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "audit.job": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "running",
                     *       "total": 1,
                     *       "done": 1,
                     *       "failed": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetterJob"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "audit.list": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The type.
                 * @example text
                 */
                readonly type?: string;
                /**
                 * @description The aggregate and its id, such as `task/<id>`.
                 * @example text
                 */
                readonly subject?: string;
                /**
                 * @description Who caused it: the id of a user, `operator:<user>@<host>`, `service:<name>` or `anonymous`.
                 * @example text
                 */
                readonly actor?: string;
                /**
                 * @description The name of the service.
                 * @example text
                 */
                readonly service?: string;
                /**
                 * @description Only events that this request or job has caused.
                 * @example text
                 */
                readonly correlation?: string;
                /**
                 * @description Only events at this time or later.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description Only events before this time. A day is included completely.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "type": "text",
                     *           "subject": "text",
                     *           "actor": "text",
                     *           "actorName": "Mia",
                     *           "address": "text",
                     *           "at": "2026-03-31T12:30:00.000Z",
                     *           "correlationId": "text",
                     *           "causationId": "text",
                     *           "before": {},
                     *           "after": {},
                     *           "data": {}
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly {
                            /**
                             * Format: uuid
                             * @description The id.
                             */
                            readonly id: string;
                            /** @description The type. */
                            readonly type: string;
                            /** @description The aggregate and its id, such as `task/<id>`. */
                            readonly subject: string;
                            /** @description Who caused it: the id of a user, `operator:<user>@<host>`, `service:<name>` or `anonymous`. */
                            readonly actor: string;
                            /** @description The name of the user who caused it, as it is now. Null if it was no known user. */
                            readonly actorName: string | null;
                            /** @description The network address. Null if it is not known. */
                            readonly address: string | null;
                            /**
                             * Format: date-time
                             * @description The time.
                             */
                            readonly at: string;
                            /** @description The id of the request or the job that caused it, which all its events share. */
                            readonly correlationId: string;
                            /** @description The id of the event that caused this one. Null if a request or a loop did. */
                            readonly causationId: string | null;
                            /** @description The state before the event. Null if there was none, or if it is not known yet. */
                            readonly before: unknown;
                            /** @description The state after the event. Null if the event has no state; then `data` says what happened. */
                            readonly after: unknown;
                            /** @description The data of the event. Times in it are milliseconds since 1970, amounts are in minor units. Null if it can not be read. */
                            readonly data: unknown;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                    /**
                     * @example id,type,subject,actor,address,at,before,after,data,correlationId,causationId,actorName
                     *     019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05,text,text,text,text,2026-03-31T12:30:00.000Z,{},{},{},text,text,Mia
                     */
                    readonly "text/csv": string;
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "audit.redrive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "service": "text",
                     *       "consumer": "text",
                     *       "type": "text",
                     *       "subject": "text",
                     *       "attempts": 1,
                     *       "code": "text",
                     *       "message": "text",
                     *       "parked": false,
                     *       "at": "2026-03-31T12:30:00.000Z",
                     *       "status": "open",
                     *       "settledAt": "2026-03-31T12:30:00.000Z",
                     *       "settledBy": "text",
                     *       "settledReason": "text",
                     *       "event": "text",
                     *       "sequence": 1,
                     *       "headers": {
                     *         "name": "text"
                     *       },
                     *       "data": {},
                     *       "payload": "text"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetter"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["conflict.idempotency_key_in_use.redrive_failed"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "audit.redrives": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "service": "accounting",
                 *       "consumer": "accounting-tasks",
                 *       "type": "tasks.task.created.v1",
                 *       "code": "23514"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name of the service. */
                    readonly service: string;
                    /** @description The consumer or the loop that failed. */
                    readonly consumer: string;
                    /** @description The type of the events. Null: messages without one. */
                    readonly type?: string | null;
                    /** @description The code of the error. */
                    readonly code: string;
                };
            };
        };
        readonly responses: {
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "running",
                     *       "total": 1,
                     *       "done": 1,
                     *       "failed": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["DeadLetterJob"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "code": "k7m2x-9qd4r-tw3hc-8vbnp",
                 *       "beak": "short-and-grey"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: password
                     * @description The code that was handed over or mailed.
                     */
                    readonly code: string;
                    /**
                     * Format: password
                     * @description The password with which the owner signs in: 8 to 200 characters.
                     */
                    readonly beak: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["wrong_code"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.activation": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Created */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "activationCode": "k7m2x-9qd4r-tw3hc-8vbnp",
                     *       "expiresAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: password
                         * @description The code with which the owner sets a beak, shown only once. Null in a repeated answer.
                         */
                        readonly activationCode: string | null;
                        /**
                         * Format: date-time
                         * @description When it expires.
                         */
                        readonly expiresAt: string;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["account_inactive.idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.authorize": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description Always `code`.
                 * @example code
                 */
                readonly response_type?: string;
                /**
                 * @description The application, as in `OIDC_CLIENTS`.
                 * @example wiki
                 */
                readonly client_id?: string;
                /**
                 * @description Where the answer goes: exactly one of the addresses in `OIDC_CLIENTS`.
                 * @example https://wiki.example.com/callback
                 */
                readonly redirect_uri?: string;
                /**
                 * @description `openid`, and optionally `profile` and `email`. Others are ignored.
                 * @example openid profile email
                 */
                readonly scope?: string;
                /**
                 * @description Comes back with the answer, at most 1,000 characters.
                 * @example af0ifjsldkj
                 */
                readonly state?: string;
                /**
                 * @description Comes back in the ID token, at most 1,000 characters.
                 * @example n-0S6_WzA2Mj
                 */
                readonly nonce?: string;
                /**
                 * @description Always `query`.
                 * @example query
                 */
                readonly response_mode?: string;
                /**
                 * @description `none`: never show a page. `login` or `select_account`: always show it.
                 * @example login
                 */
                readonly prompt?: string;
                /**
                 * @description Asks for a new sign-in where the last one is older, in seconds.
                 * @example 3600
                 */
                readonly max_age?: string;
                /**
                 * @description The login that the page shows first.
                 * @example pip
                 */
                readonly login_hint?: string;
                /**
                 * @description The languages of the page, the preferred one first.
                 * @example ru en
                 */
                readonly ui_locales?: string;
                /**
                 * @description SHA-256 of the code verifier, in base64url (PKCE). Required of every application.
                 * @example E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
                 */
                readonly code_challenge?: string;
                /**
                 * @description Always `S256`.
                 * @example S256
                 */
                readonly code_challenge_method?: string;
                /**
                 * @description Not supported.
                 * @example eyJhbGciOiJub25lIn0
                 */
                readonly request?: string;
                /**
                 * @description Not supported.
                 * @example https://wiki.example.com/request
                 */
                readonly request_uri?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    readonly "text/html": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.submitSignIn": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "response_type": "code",
                 *       "client_id": "wiki",
                 *       "redirect_uri": "https://wiki.example.com/callback",
                 *       "scope": "openid profile email",
                 *       "state": "af0ifjsldkj",
                 *       "nonce": "n-0S6_WzA2Mj",
                 *       "response_mode": "query",
                 *       "prompt": "login",
                 *       "max_age": "3600",
                 *       "login_hint": "pip",
                 *       "ui_locales": "ru en",
                 *       "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                 *       "code_challenge_method": "S256",
                 *       "request": "eyJhbGciOiJub25lIn0",
                 *       "request_uri": "https://wiki.example.com/request",
                 *       "login": "pip",
                 *       "beak": "text"
                 *     }
                 */
                readonly "application/x-www-form-urlencoded": {
                    /** @description Always `code`. */
                    readonly response_type?: string | null;
                    /** @description The application, as in `OIDC_CLIENTS`. */
                    readonly client_id?: string | null;
                    /** @description Where the answer goes: exactly one of the addresses in `OIDC_CLIENTS`. */
                    readonly redirect_uri?: string | null;
                    /** @description `openid`, and optionally `profile` and `email`. Others are ignored. */
                    readonly scope?: string | null;
                    /** @description Comes back with the answer, at most 1,000 characters. */
                    readonly state?: string | null;
                    /** @description Comes back in the ID token, at most 1,000 characters. */
                    readonly nonce?: string | null;
                    /** @description Always `query`. */
                    readonly response_mode?: string | null;
                    /** @description `none`: never show a page. `login` or `select_account`: always show it. */
                    readonly prompt?: string | null;
                    /** @description Asks for a new sign-in where the last one is older, in seconds. */
                    readonly max_age?: string | null;
                    /** @description The login that the page shows first. */
                    readonly login_hint?: string | null;
                    /** @description The languages of the page, the preferred one first. */
                    readonly ui_locales?: string | null;
                    /** @description SHA-256 of the code verifier, in base64url (PKCE). Required of every application. */
                    readonly code_challenge?: string | null;
                    /** @description Always `S256`. */
                    readonly code_challenge_method?: string | null;
                    /** @description Not supported. */
                    readonly request?: string | null;
                    /** @description Not supported. */
                    readonly request_uri?: string | null;
                    /** @description The login that was typed. */
                    readonly login?: string | null;
                    /**
                     * Format: password
                     * @description The beak that was typed.
                     */
                    readonly beak?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    readonly "text/html": string;
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.get": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "login": "pip",
                     *       "name": "Pip",
                     *       "email": "pip@example.com",
                     *       "locale": "en",
                     *       "roles": [
                     *         "developer"
                     *       ],
                     *       "active": true,
                     *       "mustChangeBeak": true,
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "lastSignInAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.change": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Pip",
                 *       "email": "pip@example.com",
                 *       "locale": "en",
                 *       "roles": [
                 *         "developer"
                 *       ],
                 *       "active": true,
                 *       "beak": "short-and-grey",
                 *       "mustChangeBeak": true
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name. */
                    readonly name?: string | null;
                    /** @description The e-mail address. */
                    readonly email?: string | null;
                    /** @description The language of mails, by two letters (ISO 639-1). Null: that of the system. */
                    readonly locale?: string | null;
                    /** @description The roles, any slugs; `[]` is allowed. `admin`, `manager`, `accountant`, `boss` and `developer` are known. Tasks go to accounts that are neither `manager` nor `admin`: the employees. */
                    readonly roles?: readonly string[] | null;
                    /** @description Whether the account can sign in. */
                    readonly active?: boolean | null;
                    /**
                     * Format: password
                     * @description A new password. All sessions of the account end.
                     */
                    readonly beak?: string | null;
                    /** @description Whether the beak must be changed at the next sign-in. */
                    readonly mustChangeBeak?: boolean | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "login": "pip",
                     *       "name": "Pip",
                     *       "email": "pip@example.com",
                     *       "locale": "en",
                     *       "roles": [
                     *         "developer"
                     *       ],
                     *       "active": true,
                     *       "mustChangeBeak": true,
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "lastSignInAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["last_admin"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "login": "pip",
                     *       "name": "Pip",
                     *       "email": "pip@example.com",
                     *       "locale": "en",
                     *       "roles": [
                     *         "developer"
                     *       ],
                     *       "active": true,
                     *       "mustChangeBeak": true,
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "lastSignInAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.changeMe": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Pip",
                 *       "email": "pip@example.com",
                 *       "locale": "en"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name. */
                    readonly name?: string | null;
                    /** @description The e-mail address. */
                    readonly email?: string | null;
                    /** @description The language of mails, by two letters (ISO 639-1). Null: that of the system. */
                    readonly locale?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "login": "pip",
                     *       "name": "Pip",
                     *       "email": "pip@example.com",
                     *       "locale": "en",
                     *       "roles": [
                     *         "developer"
                     *       ],
                     *       "active": true,
                     *       "mustChangeBeak": true,
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "lastSignInAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["User"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.changeMyBeak": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "current": "short-and-grey",
                 *       "next": "short-and-grey"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: password
                     * @description The beak until now.
                     */
                    readonly current: string;
                    /**
                     * Format: password
                     * @description The new beak: a password of 8 to 200 characters.
                     */
                    readonly next: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated.wrong_credentials"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.serviceAccounts": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "name": "Warehouse",
                     *           "scopes": [
                     *             "developer"
                     *           ],
                     *           "expiresAt": "2026-03-31T12:30:00.000Z",
                     *           "createdAt": "2026-03-31T12:30:00.000Z",
                     *           "createdBy": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "Mia"
                     *           },
                     *           "lastUsedAt": "2026-03-31T12:30:00.000Z",
                     *           "revokedAt": "2026-03-31T12:30:00.000Z",
                     *           "revokedBy": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "Mia"
                     *           }
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["ServiceAccount"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.createServiceAccount": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Pip",
                 *       "scopes": [
                 *         "developer"
                 *       ],
                 *       "expiresAt": "2027-03-31T12:30:00Z"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name. */
                    readonly name: string;
                    /** @description The roles that its requests have: any but `admin`. */
                    readonly scopes: readonly string[];
                    /**
                     * Format: date-time
                     * @description When the token expires, at most ten years ahead.
                     */
                    readonly expiresAt: string;
                };
            };
        };
        readonly responses: {
            /** @description Created */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "token": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id.
                         */
                        readonly id: string;
                        /**
                         * Format: password
                         * @description The Bearer token, shown only once. Null in a repeated answer.
                         */
                        readonly token: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.discovery": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "issuer": "https://ates.example.com",
                     *       "authorization_endpoint": "https://ates.example.com/oidc/authorize",
                     *       "token_endpoint": "https://ates.example.com/oidc/authorize",
                     *       "userinfo_endpoint": "https://ates.example.com/oidc/authorize",
                     *       "jwks_uri": "https://ates.example.com/oidc/authorize",
                     *       "scopes_supported": [
                     *         "openid"
                     *       ],
                     *       "response_types_supported": [
                     *         "code"
                     *       ],
                     *       "response_modes_supported": [
                     *         "query"
                     *       ],
                     *       "grant_types_supported": [
                     *         "authorization_code"
                     *       ],
                     *       "subject_types_supported": [
                     *         "public"
                     *       ],
                     *       "id_token_signing_alg_values_supported": [
                     *         "RS256"
                     *       ],
                     *       "token_endpoint_auth_methods_supported": [
                     *         "client_secret_basic"
                     *       ],
                     *       "code_challenge_methods_supported": [
                     *         "S256"
                     *       ],
                     *       "claims_supported": [
                     *         "sub"
                     *       ],
                     *       "prompt_values_supported": [
                     *         "none"
                     *       ],
                     *       "ui_locales_supported": [
                     *         "en"
                     *       ],
                     *       "claims_parameter_supported": true,
                     *       "request_parameter_supported": true,
                     *       "request_uri_parameter_supported": true,
                     *       "authorization_response_iss_parameter_supported": true
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The name of this provider in ID tokens: `PUBLIC_URL`. */
                        readonly issuer: string;
                        /** @description The address of the sign-in page. */
                        readonly authorization_endpoint: string;
                        /** @description The address of the exchange of codes. */
                        readonly token_endpoint: string;
                        /** @description The address of the claims of a person. */
                        readonly userinfo_endpoint: string;
                        /** @description The address of the public keys. */
                        readonly jwks_uri: string;
                        /** @description The scopes that are supported. */
                        readonly scopes_supported: readonly string[];
                        /** @description The response types that are supported. */
                        readonly response_types_supported: readonly string[];
                        /** @description The response modes that are supported. */
                        readonly response_modes_supported: readonly string[];
                        /** @description The grant types that are supported. */
                        readonly grant_types_supported: readonly string[];
                        /** @description The types of `sub` that are supported. */
                        readonly subject_types_supported: readonly string[];
                        /** @description The algorithms of ID tokens that are supported. */
                        readonly id_token_signing_alg_values_supported: readonly string[];
                        /** @description The ways in which applications identify themselves that are supported. */
                        readonly token_endpoint_auth_methods_supported: readonly string[];
                        /** @description The methods of PKCE that are supported. */
                        readonly code_challenge_methods_supported: readonly string[];
                        /** @description The claims that are supported. */
                        readonly claims_supported: readonly string[];
                        /** @description The values of `prompt` that are supported. */
                        readonly prompt_values_supported: readonly string[];
                        /** @description The languages of the sign-in page that are supported. */
                        readonly ui_locales_supported: readonly string[];
                        /** @description Whether the param `claims` is supported. */
                        readonly claims_parameter_supported: boolean;
                        /** @description Whether the param `request` is supported. */
                        readonly request_parameter_supported: boolean;
                        /** @description Whether the param `request_uri` is supported. */
                        readonly request_uri_parameter_supported: boolean;
                        /** @description Whether answers have `iss` (RFC 9207). */
                        readonly authorization_response_iss_parameter_supported: boolean;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.endSession": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.endSessionOfUser": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
                /**
                 * @description The id of the session.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly sessionId: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.sessions": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "openedAt": "2026-03-31T12:30:00.000Z",
                     *           "usedAt": "2026-03-31T12:30:00.000Z",
                     *           "address": "192.0.2.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                     *           "current": true
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["Session"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.endSessions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.sessionsOfUser": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "openedAt": "2026-03-31T12:30:00.000Z",
                     *           "usedAt": "2026-03-31T12:30:00.000Z",
                     *           "address": "192.0.2.7",
                     *           "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                     *           "current": true
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["Session"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.endSessionsOfUser": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.list": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description Only users with this role.
                 * @example developer
                 */
                readonly role?: string;
                /**
                 * @description Whether the account can sign in.
                 * @example true
                 */
                readonly active?: boolean;
                /**
                 * @description A text to search for.
                 * @example text
                 */
                readonly text?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "login": "pip",
                     *           "name": "Pip",
                     *           "email": "pip@example.com",
                     *           "locale": "en",
                     *           "roles": [
                     *             "developer"
                     *           ],
                     *           "active": true,
                     *           "mustChangeBeak": true,
                     *           "createdAt": "2026-03-31T12:30:00.000Z",
                     *           "lastSignInAt": "2026-03-31T12:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["User"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.register": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "login": "pip",
                 *       "name": "Pip",
                 *       "email": "pip@example.com",
                 *       "roles": [
                 *         "developer"
                 *       ],
                 *       "beak": "short-and-grey",
                 *       "locale": "en"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name with which the owner signs in. */
                    readonly login: string;
                    /** @description The name. */
                    readonly name: string;
                    /** @description The e-mail address. */
                    readonly email: string;
                    /** @description The roles, any slugs; `[]` is allowed. `admin`, `manager`, `accountant`, `boss` and `developer` are known. Tasks go to accounts that are neither `manager` nor `admin`: the employees. */
                    readonly roles: readonly string[];
                    /**
                     * Format: password
                     * @description The first password. Without one the answer has an `activationCode`.
                     */
                    readonly beak?: string | null;
                    /** @description The language of mails, by two letters (ISO 639-1). Null: that of the system. */
                    readonly locale?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Created */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "login": "pip",
                     *       "name": "Pip",
                     *       "email": "pip@example.com",
                     *       "locale": "en",
                     *       "roles": [
                     *         "developer"
                     *       ],
                     *       "active": true,
                     *       "mustChangeBeak": true,
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "lastSignInAt": "2026-03-31T12:30:00.000Z",
                     *       "activationCode": "k7m2x-9qd4r-tw3hc-8vbnp"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id.
                         */
                        readonly id: string;
                        /** @description The name with which the owner signs in. */
                        readonly login: string;
                        /** @description The name. */
                        readonly name: string;
                        /** @description The e-mail address. */
                        readonly email: string;
                        /** @description The language of mails, by two letters (ISO 639-1). Null: that of the system. */
                        readonly locale: string | null;
                        /** @description The roles, any slugs; `[]` is allowed. `admin`, `manager`, `accountant`, `boss` and `developer` are known. Tasks go to accounts that are neither `manager` nor `admin`: the employees. */
                        readonly roles: readonly string[];
                        /** @description Whether the account can sign in. */
                        readonly active: boolean;
                        /** @description Whether the beak must be changed at the next sign-in. */
                        readonly mustChangeBeak: boolean;
                        /**
                         * Format: date-time
                         * @description When it was created.
                         */
                        readonly createdAt: string;
                        /**
                         * Format: date-time
                         * @description When the owner last signed in. Null before the first time.
                         */
                        readonly lastSignInAt: string | null;
                        /**
                         * Format: password
                         * @description The code with which the owner sets a beak, shown only once. Null if the request has a beak, and in a repeated answer.
                         */
                        readonly activationCode: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use.login_taken"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "login": "text",
                 *       "beak": "short-and-grey",
                 *       "next": "short-and-grey",
                 *       "cookie": true
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name with which the owner signs in. */
                    readonly login: string;
                    /**
                     * Format: password
                     * @description The password of the account.
                     */
                    readonly beak: string;
                    /**
                     * Format: password
                     * @description A new beak, which replaces the one until now. Required where `beak_change_required` is answered.
                     */
                    readonly next?: string | null;
                    /** @description Whether the refresh token goes into a cookie. Only for our own pages. */
                    readonly cookie?: boolean | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly "Set-Cookie": components["headers"]["Set-Cookie"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "text",
                     *       "refreshToken": "text",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["wrong_credentials"];
            readonly 403: components["responses"]["beak_change_required.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "refreshToken": "text"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: password
                     * @description The token that is exchanged for new ones. It can be used once.
                     */
                    readonly refreshToken: string;
                };
            };
        };
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly "Set-Cookie": components["headers"]["Set-Cookie"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.names": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The ids of the users, separated by commas.
                 * @example 0199a3f0-5c7e-7a41-9f0e-3c1d2b4a5e6f
                 */
                readonly ids?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "name": "Pip"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly {
                            /**
                             * Format: uuid
                             * @description The id.
                             */
                            readonly id: string;
                            /** @description The name. */
                            readonly name: string;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.userinfo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sub": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "name": "Pip",
                     *       "preferred_username": "pip",
                     *       "locale": "en",
                     *       "email": "pip@example.com",
                     *       "email_verified": true
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id of the user.
                         */
                        readonly sub: string;
                        /** @description The name. */
                        readonly name?: string;
                        /** @description The login. */
                        readonly preferred_username?: string;
                        /** @description The language of the user, by two letters (ISO 639-1). */
                        readonly locale?: string;
                        /** @description The e-mail address. */
                        readonly email?: string;
                        /** @description Always false: nobody has proved that the address is theirs. */
                        readonly email_verified?: boolean;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "auth.postUserinfo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sub": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "name": "Pip",
                     *       "preferred_username": "pip",
                     *       "locale": "en",
                     *       "email": "pip@example.com",
                     *       "email_verified": true
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id of the user.
                         */
                        readonly sub: string;
                        /** @description The name. */
                        readonly name?: string;
                        /** @description The login. */
                        readonly preferred_username?: string;
                        /** @description The language of the user, by two letters (ISO 639-1). */
                        readonly locale?: string;
                        /** @description The e-mail address. */
                        readonly email?: string;
                        /** @description Always false: nobody has proved that the address is theirs. */
                        readonly email_verified?: boolean;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.recovery": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "login": "text"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The name with which the owner signs in. */
                    readonly login: string;
                };
            };
        };
        readonly responses: {
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "accepted"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description The state.
                         * @enum {string}
                         */
                        readonly status: "accepted";
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "refreshToken": "text"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: password
                     * @description The token that is exchanged for new ones. It can be used once.
                     */
                    readonly refreshToken: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly "Set-Cookie": components["headers"]["Set-Cookie"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accessToken": "text",
                     *       "refreshToken": "text",
                     *       "tokenType": "Bearer",
                     *       "expiresIn": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Tokens"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.revokeServiceAccount": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "auth.token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: {
            readonly content: {
                /**
                 * @example {
                 *       "grant_type": "authorization_code",
                 *       "code": "text",
                 *       "redirect_uri": "https://wiki.example.com/callback",
                 *       "client_id": "wiki",
                 *       "client_secret": "text",
                 *       "code_verifier": "text"
                 *     }
                 */
                readonly "application/x-www-form-urlencoded": {
                    /** @description Always `authorization_code`. */
                    readonly grant_type?: string | null;
                    /**
                     * Format: password
                     * @description The code of the sign-in.
                     */
                    readonly code?: string | null;
                    /** @description The same as in the request for the code. */
                    readonly redirect_uri?: string | null;
                    /** @description The application, unless it is in the header `Authorization` (Basic). */
                    readonly client_id?: string | null;
                    /**
                     * Format: password
                     * @description Its secret, unless that is in the header `Authorization` (Basic). Public applications have none.
                     */
                    readonly client_secret?: string | null;
                    /**
                     * Format: password
                     * @description The text whose SHA-256 is the `code_challenge`.
                     */
                    readonly code_verifier?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "text",
                     *       "token_type": "Bearer",
                     *       "expires_in": 1,
                     *       "id_token": "text",
                     *       "scope": "openid profile email"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: password
                         * @description Only for `/oidc/userinfo`; the API refuses it.
                         */
                        readonly access_token: string;
                        /**
                         * @description The scheme of `Authorization`.
                         * @enum {string}
                         */
                        readonly token_type: "Bearer";
                        /** @description The life of both tokens in seconds. */
                        readonly expires_in: number;
                        /**
                         * Format: password
                         * @description Says who signed in: a JWT, signed with RS256.
                         */
                        readonly id_token: string;
                        /** @description The scopes that were granted. */
                        readonly scope: string;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "gateway.resendOutbox": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The name of the service.
                 * @example accounting
                 */
                readonly service: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "service": "accounting",
                     *       "events": 1
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The name of the service. */
                        readonly service: string;
                        /** @description The events that are published again. */
                        readonly events: number;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "gateway.resumeConsumer": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The name.
                 * @example accounting-tasks
                 */
                readonly name: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "accounting-tasks",
                     *       "nodes": 1
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The name. */
                        readonly name: string;
                        /** @description How many nodes run it. */
                        readonly nodes: number;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["conflict.idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "gateway.systemHealth": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "at": "2026-03-31T12:30:00.000Z",
                     *       "services": [
                     *         {
                     *           "name": "accounting",
                     *           "nodes": 1,
                     *           "silent": 1
                     *         }
                     *       ],
                     *       "consumers": [
                     *         {
                     *           "name": "accounting-tasks",
                     *           "service": "accounting",
                     *           "state": "stopped",
                     *           "reason": "text",
                     *           "stoppedAt": "2026-03-31T12:30:00.000Z",
                     *           "pending": 1,
                     *           "ackPending": 1,
                     *           "redeliveredPending": 1,
                     *           "eventsPerSecond": 1,
                     *           "deadLetters": 1,
                     *           "nodes": 1
                     *         }
                     *       ],
                     *       "loops": [
                     *         {
                     *           "name": "tasks-shuffles",
                     *           "service": "tasks",
                     *           "state": "stalled",
                     *           "reason": "text",
                     *           "since": "2026-03-31T12:30:00.000Z",
                     *           "nodes": 1
                     *         }
                     *       ],
                     *       "outboxes": [
                     *         {
                     *           "service": "accounting",
                     *           "waiting": 1,
                     *           "oldestSeconds": 1,
                     *           "refused": 1
                     *         }
                     *       ],
                     *       "mails": {
                     *         "queued": {
                     *           "count": 1,
                     *           "capped": true
                     *         },
                     *         "failed": {
                     *           "count": 1,
                     *           "capped": true
                     *         },
                     *         "oldestQueuedAt": "2026-03-31T12:30:00.000Z"
                     *       },
                     *       "missing": [
                     *         "audit"
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["SystemHealth"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.systemLive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description The id of the last event that the client got. Then a first event is sent only after a change.
                 * @example 0123456789abcdef
                 */
                readonly "Last-Event-ID"?: components["parameters"]["Last-Event-ID"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example event: system
                     *     id: 0123456789abcdef
                     *     data: {"at":"2026-03-31T12:30:00.000Z","services":[{"name":"accounting","nodes":1,"silent":1}],"consumers":[{"name":"accounting-tasks","service":"accounting","state":"stopped","reason":"text","stoppedAt":"2026-03-31T12:30:00.000Z","pending":1,"ackPending":1,"redeliveredPending":1,"eventsPerSecond":1,"deadLetters":1,"nodes":1}],"loops":[{"name":"tasks-shuffles","service":"tasks","state":"stalled","reason":"text","since":"2026-03-31T12:30:00.000Z","nodes":1}],"outboxes":[{"service":"accounting","waiting":1,"oldestSeconds":1,"refused":1}],"mails":{"queued":{"count":1,"capped":true},"failed":{"count":1,"capped":true},"oldestQueuedAt":"2026-03-31T12:30:00.000Z"},"missing":["audit"]}
                     */
                    readonly "text/event-stream": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "mailer.mail": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "queued",
                     *       "template": "payout",
                     *       "reference": "payout/0195a000-0000-7000-8000-000000000001",
                     *       "recipient": "pip@popug.example",
                     *       "subject": "text",
                     *       "requestedAt": "2026-03-31T12:30:00.000Z",
                     *       "sentAt": "2026-03-31T12:30:00.000Z",
                     *       "attempts": 1,
                     *       "nextAttemptAt": "2026-03-31T12:30:00.000Z",
                     *       "reason": "text",
                     *       "text": "Hello Pip,"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: uuid
                         * @description The id.
                         */
                        readonly id: string;
                        /**
                         * @description The state.
                         * @enum {string}
                         */
                        readonly status: "queued" | "sent" | "failed";
                        /** @description The name of the template. Null for a mail without one. */
                        readonly template: string | null;
                        /** @description What it is about: `payout/<payout id>`, `request/<id>` or `digest/<shuffle id>:<user id>`. */
                        readonly reference: string;
                        /** @description The e-mail address of the recipient. */
                        readonly recipient: string;
                        /** @description The subject of the mail. */
                        readonly subject: string;
                        /**
                         * Format: date-time
                         * @description When it was requested.
                         */
                        readonly requestedAt: string;
                        /**
                         * Format: date-time
                         * @description When it was sent. Null before.
                         */
                        readonly sentAt: string | null;
                        /** @description How often it was tried. */
                        readonly attempts: number;
                        /**
                         * Format: date-time
                         * @description When it is tried again. Null if it is not.
                         */
                        readonly nextAttemptAt: string | null;
                        /** @description Why it failed; of a queued mail: why the last attempt failed. Null if none did. */
                        readonly reason: string | null;
                        /** @description The text of the mail, in which secrets are masked. Null once the mail is sent, because its text is deleted then, and if it was refused before it had one. */
                        readonly text: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "mailer.mails": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The state.
                 * @example queued
                 */
                readonly status?: "queued" | "sent" | "failed";
                /**
                 * @description The e-mail address of the recipient.
                 * @example text
                 */
                readonly recipient?: string;
                /**
                 * @description The name of the template.
                 * @example payout
                 */
                readonly template?: string;
                /**
                 * @description What the mail is about: `payout/<payout id>`, `request/<id>` or `digest/<shuffle id>:<user id>`.
                 * @example payout/0195a000-0000-7000-8000-000000000001
                 */
                readonly reference?: string;
                /**
                 * @description Only mails that were requested at this time or later.
                 * @example 2026-03-31
                 */
                readonly from?: string;
                /**
                 * @description Only mails that were requested before this time. A day is included completely.
                 * @example 2026-03-31
                 */
                readonly to?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "status": "queued",
                     *           "template": "payout",
                     *           "reference": "payout/0195a000-0000-7000-8000-000000000001",
                     *           "recipient": "pip@popug.example",
                     *           "subject": "text",
                     *           "requestedAt": "2026-03-31T12:30:00.000Z",
                     *           "sentAt": "2026-03-31T12:30:00.000Z",
                     *           "attempts": 1,
                     *           "nextAttemptAt": "2026-03-31T12:30:00.000Z",
                     *           "reason": "text"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["Mail"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "mailer.resend": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "queued",
                     *       "template": "payout",
                     *       "reference": "payout/0195a000-0000-7000-8000-000000000001",
                     *       "recipient": "pip@popug.example",
                     *       "subject": "text",
                     *       "requestedAt": "2026-03-31T12:30:00.000Z",
                     *       "sentAt": "2026-03-31T12:30:00.000Z",
                     *       "attempts": 1,
                     *       "nextAttemptAt": "2026-03-31T12:30:00.000Z",
                     *       "reason": "text"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Mail"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["conflict.idempotency_key_in_use.mail_expired.mail_not_failed"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "reconciliation.latest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "none",
                     *       "consistent": true,
                     *       "checkedAt": "2026-03-31T12:30:00.000Z",
                     *       "tookMs": 1,
                     *       "counts": {
                     *         "name": 1
                     *       },
                     *       "differences": [
                     *         {
                     *           "code": "text",
                     *           "message": "text"
                     *         }
                     *       ],
                     *       "more": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["LatestReconciliation"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "reconciliation.reconcile": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "consistent": true,
                     *       "checkedAt": "2026-03-31T12:30:00.000Z",
                     *       "differences": [
                     *         {
                     *           "code": "text",
                     *           "message": "text"
                     *         }
                     *       ],
                     *       "more": 1,
                     *       "counts": {
                     *         "name": 1
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** @description Whether the books agree. */
                        readonly consistent: boolean;
                        /**
                         * Format: date-time
                         * @description When the comparison began: it covers everything that was committed before.
                         */
                        readonly checkedAt: string;
                        /** @description The differences that were found, up to a limit. */
                        readonly differences: readonly {
                            /** @description The code of the error. */
                            readonly code: string;
                            /** @description The message of the error. */
                            readonly message: string;
                        }[];
                        /** @description How many more differences there are. */
                        readonly more: number;
                        /** @description How many differences were found, by their kind. */
                        readonly counts: {
                            readonly [key: string]: number;
                        };
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "reconciliation.start": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "none",
                     *       "consistent": true,
                     *       "checkedAt": "2026-03-31T12:30:00.000Z",
                     *       "tookMs": 1,
                     *       "counts": {
                     *         "name": 1
                     *       },
                     *       "differences": [
                     *         {
                     *           "code": "text",
                     *           "message": "text"
                     *         }
                     *       ],
                     *       "more": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["LatestReconciliation"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "tasks.assignments": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "version": 1,
                     *           "assignee": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "Pip"
                     *           },
                     *           "shuffleId": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "assignedAt": "2026-03-31T12:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly {
                            /** @description The version: 1 after the creation; each change adds one. */
                            readonly version: number;
                            /** @description Who the task is assigned to. */
                            readonly assignee: components["schemas"]["Person"];
                            /**
                             * Format: uuid
                             * @description The shuffle that caused the assignment. Null for the first one.
                             */
                            readonly shuffleId: string | null;
                            /**
                             * Format: date-time
                             * @description When the task was assigned.
                             */
                            readonly assignedAt: string;
                        }[];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "tasks.complete": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "title": "Wash the cage",
                     *       "externalId": "POPUG-1",
                     *       "description": "With warm water.",
                     *       "status": "open",
                     *       "assignee": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "name": "Pip"
                     *       },
                     *       "createdBy": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "name": "Pip"
                     *       },
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "completedAt": "2026-03-31T12:30:00.000Z",
                     *       "version": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Task"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["not_your_task.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["conflict.idempotency_key_in_use.task_already_done"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "tasks.counts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "open": {
                     *         "count": 1,
                     *         "capped": true
                     *       },
                     *       "mine": {
                     *         "count": 1,
                     *         "capped": true
                     *       },
                     *       "done": {
                     *         "count": 1,
                     *         "capped": true
                     *       },
                     *       "assignable": {
                     *         "count": 1,
                     *         "capped": true
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** @description Tasks that are open. */
                        readonly open: {
                            /** @description How many there are. */
                            readonly count: number;
                            /** @description Whether there are more than `count`. */
                            readonly capped: boolean;
                        };
                        /** @description Open tasks of the caller. */
                        readonly mine: {
                            /** @description How many there are. */
                            readonly count: number;
                            /** @description Whether there are more than `count`. */
                            readonly capped: boolean;
                        };
                        /** @description Tasks that are done. */
                        readonly done: {
                            /** @description How many there are. */
                            readonly count: number;
                            /** @description Whether there are more than `count`. */
                            readonly capped: boolean;
                        };
                        /** @description People who can get tasks. */
                        readonly assignable: {
                            /** @description How many there are. */
                            readonly count: number;
                            /** @description Whether there are more than `count`. */
                            readonly capped: boolean;
                        };
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "tasks.list": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
                /**
                 * @description The state.
                 * @example open
                 */
                readonly status?: "open" | "done";
                /**
                 * @description The id of the assignee, or `me`.
                 * @example me
                 */
                readonly assignee?: string;
                /**
                 * @description Only tasks that this user has created.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly createdBy?: string;
                /**
                 * @description A text to search for.
                 * @example text
                 */
                readonly text?: string;
                /**
                 * @description Only tasks that were created at this time or later.
                 * @example 2026-03-31
                 */
                readonly createdFrom?: string;
                /**
                 * @description Only tasks that were created before this time. A day is included completely.
                 * @example 2026-03-31
                 */
                readonly createdTo?: string;
                /**
                 * @description Only tasks that were completed at this time or later.
                 * @example 2026-03-31
                 */
                readonly completedFrom?: string;
                /**
                 * @description Only tasks that were completed before this time. A day is included completely.
                 * @example 2026-03-31
                 */
                readonly completedTo?: string;
                /**
                 * @description The order. A minus reverses it.
                 * @example -createdAt
                 */
                readonly sort?: "createdAt" | "-createdAt" | "completedAt" | "-completedAt" | "title" | "-title";
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "title": "Wash the cage",
                     *           "externalId": "POPUG-1",
                     *           "description": "With warm water.",
                     *           "status": "open",
                     *           "assignee": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "Pip"
                     *           },
                     *           "createdBy": {
                     *             "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *             "name": "Pip"
                     *           },
                     *           "createdAt": "2026-03-31T12:30:00.000Z",
                     *           "completedAt": "2026-03-31T12:30:00.000Z",
                     *           "version": 1
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["Task"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "tasks.create": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "title": "[POPUG-1] Wash the cage",
                 *       "description": "text"
                 *     }
                 */
                readonly "application/json": {
                    /** @description The title, at most 200 characters. An external id of at most 64 may stand in brackets before it: `[POPUG-123] Wash the cage`. */
                    readonly title: string;
                    /** @description The work that the task asks for. */
                    readonly description?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Created */
            readonly 201: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "title": "Wash the cage",
                     *       "externalId": "POPUG-1",
                     *       "description": "With warm water.",
                     *       "status": "open",
                     *       "assignee": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "name": "Pip"
                     *       },
                     *       "createdBy": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "name": "Pip"
                     *       },
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "completedAt": "2026-03-31T12:30:00.000Z",
                     *       "version": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Task"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use.nobody_assignable"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "tasks.get": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "title": "Wash the cage",
                     *       "externalId": "POPUG-1",
                     *       "description": "With warm water.",
                     *       "status": "open",
                     *       "assignee": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "name": "Pip"
                     *       },
                     *       "createdBy": {
                     *         "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *         "name": "Pip"
                     *       },
                     *       "createdAt": "2026-03-31T12:30:00.000Z",
                     *       "completedAt": "2026-03-31T12:30:00.000Z",
                     *       "version": 1
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Task"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "tasks.progress": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The id.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "running",
                     *       "total": 1,
                     *       "done": 1,
                     *       "requestedBy": {
                     *         "id": "0195a000-0000-7000-8000-000000000001",
                     *         "name": "Mia"
                     *       },
                     *       "requestedAt": "2026-03-31T12:30:00.000Z",
                     *       "completedAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Shuffle"];
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "tasks.shuffles": {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description The most items of a page.
                 * @example 50
                 */
                readonly limit?: number;
                /**
                 * @description The `nextCursor` of the page before.
                 * @example text
                 */
                readonly cursor?: string;
            };
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *           "status": "running",
                     *           "total": 1,
                     *           "done": 1,
                     *           "requestedBy": {
                     *             "id": "0195a000-0000-7000-8000-000000000001",
                     *             "name": "Mia"
                     *           },
                     *           "requestedAt": "2026-03-31T12:30:00.000Z",
                     *           "completedAt": "2026-03-31T12:30:00.000Z"
                     *         }
                     *       ],
                     *       "nextCursor": "text"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The items of the page. */
                        readonly items: readonly components["schemas"]["Shuffle"][];
                        /** @description The `cursor` of the next page. Null after the last one. */
                        readonly nextCursor: string | null;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_cursor.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 406: components["responses"]["not_acceptable"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "tasks.shuffle": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description A key that the client makes up for the request, and sends again when it repeats it. The request is then carried out once, and each answer is the first one, but without one-time secrets. A key counts for one user and one route, for at least 24 hours. Refusals are not kept, so a refused request may be sent again with its key.
                 * @example 6f1d4c2e
                 */
                readonly "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Begun, and not done yet */
            readonly 202: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly Location: components["headers"]["Location"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05",
                     *       "status": "running",
                     *       "total": 1,
                     *       "done": 1,
                     *       "requestedBy": {
                     *         "id": "0195a000-0000-7000-8000-000000000001",
                     *         "name": "Mia"
                     *       },
                     *       "requestedAt": "2026-03-31T12:30:00.000Z",
                     *       "completedAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Shuffle"];
                };
            };
            readonly 400: components["responses"]["malformed_body.malformed_query.malformed_request"];
            readonly 401: components["responses"]["invalid_token.token_expired.token_stale.unauthenticated"];
            readonly 403: components["responses"]["forbidden.origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 409: components["responses"]["idempotency_key_in_use.nobody_assignable"];
            readonly 413: components["responses"]["body_too_large"];
            readonly 415: components["responses"]["unsupported_media_type"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["idempotency_key_reused.validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
            readonly 504: components["responses"]["outcome_unknown"];
        };
    };
    readonly "gateway.live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "alive"
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description The state.
                         * @enum {string}
                         */
                        readonly status: "alive";
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "stalled": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description The state.
                         * @enum {string}
                         */
                        readonly status: "ready";
                        /** @description The background loops that stand still. */
                        readonly stalled?: readonly string[];
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "OKP",
                     *           "kid": "text",
                     *           "alg": "EdDSA",
                     *           "use": "sig"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The public keys. */
                        readonly keys: readonly {
                            /**
                             * @description The type of the key.
                             * @enum {string}
                             */
                            readonly kty: "OKP" | "RSA";
                            /** @description The id of the key. */
                            readonly kid: string;
                            /**
                             * @description The algorithm of the key.
                             * @enum {string}
                             */
                            readonly alg: "EdDSA" | "RS256";
                            /**
                             * @description What the key is for.
                             * @enum {string}
                             */
                            readonly use: "sig";
                        }[];
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.security": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example Contact: mailto:security@example.com
                     *     Expires: 1970-04-01T00:00:00Z
                     *     Preferred-Languages: en
                     */
                    readonly "text/plain": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example Contact: mailto:security@example.com
                     *     Expires: 1970-04-01T00:00:00Z
                     *     Preferred-Languages: en
                     */
                    readonly "text/plain": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["metrics_refused.origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.meta": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "product": "toys",
                     *       "version": "1.0.0",
                     *       "currency": "USD",
                     *       "minorUnits": 2,
                     *       "timeZone": "Europe/Berlin",
                     *       "dayCloseAt": "18:00",
                     *       "locales": [
                     *         "en"
                     *       ],
                     *       "businessDay": "2026-03-31",
                     *       "dayEndsAt": "2026-03-31T12:30:00.000Z"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The name of the product, as in `PRODUCT`. */
                        readonly product: string;
                        /** @description The version of the software. */
                        readonly version: string;
                        /** @description The currency of all amounts. */
                        readonly currency: string;
                        /** @description How many of the last digits of an amount are minor units (ISO 4217): 2 for USD. */
                        readonly minorUnits: number;
                        /** @description The IANA name of the time zone of business days. */
                        readonly timeZone: string;
                        /** @description The time of day at which a business day ends. */
                        readonly dayCloseAt: string;
                        /** @description The languages of mails. */
                        readonly locales: readonly string[];
                        /** @description The open business day. */
                        readonly businessDay: string;
                        /**
                         * Format: date-time
                         * @description When the open business day ends, unless it is closed before.
                         */
                        readonly dayEndsAt: string;
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.docs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    readonly "text/html": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.docsOfProblems": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    readonly "text/html": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.docsOfProblem": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The code of the problem.
                 * @example not_found
                 */
                readonly code: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    readonly "text/html": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.docsAsset": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path: {
                /**
                 * @description The name of the file.
                 * @example 0123456789abcdef-docs.css
                 */
                readonly file: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    readonly "*/*": string;
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 404: components["responses"]["not_found"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.asyncApi": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "asyncapi": "3.1.0",
                     *       "info": {
                     *         "title": "text",
                     *         "version": "text"
                     *       },
                     *       "defaultContentType": "avro/binary",
                     *       "channels": {
                     *         "name": {}
                     *       },
                     *       "operations": {
                     *         "name": {}
                     *       },
                     *       "components": {
                     *         "name": {}
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The version of AsyncAPI. */
                        readonly asyncapi: string;
                        /** @description What is described, and its version. */
                        readonly info: {
                            /** @description The title. */
                            readonly title: string;
                            /** @description The version of the software. */
                            readonly version: string;
                        };
                        /** @description The media type of payloads. */
                        readonly defaultContentType: string;
                        /** @description The subjects of NATS, by the type of their events. */
                        readonly channels: {
                            readonly [key: string]: unknown;
                        };
                        /** @description What is published, by the type of the event. */
                        readonly operations: {
                            readonly [key: string]: unknown;
                        };
                        /** @description The messages with their schemas. */
                        readonly components: {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
    readonly "gateway.openApi": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /**
                 * @description An id that the client makes up for the request. The answer, the logs and all events that the request causes have it. One of another form is ignored, and the server makes one up.
                 * @example 019d43a1-5b00-7c3e-9a4f-2d8e6b1c7f05
                 */
                readonly "X-Request-Id"?: components["parameters"]["X-Request-Id"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": components["headers"]["X-Request-Id"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.1",
                     *       "info": {
                     *         "title": "text",
                     *         "version": "text"
                     *       },
                     *       "servers": [
                     *         {
                     *           "url": "text"
                     *         }
                     *       ],
                     *       "tags": [
                     *         {
                     *           "name": "text"
                     *         }
                     *       ],
                     *       "paths": {
                     *         "name": {}
                     *       },
                     *       "components": {
                     *         "name": {}
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** @description The version of OpenAPI. */
                        readonly openapi: string;
                        /** @description What is described, and its version. */
                        readonly info: {
                            /** @description The title. */
                            readonly title: string;
                            /** @description The version of the software. */
                            readonly version: string;
                        };
                        /** @description The addresses below which the paths are. */
                        readonly servers: readonly {
                            /** @description A path. */
                            readonly url: string;
                        }[];
                        /** @description The services. */
                        readonly tags: readonly {
                            /** @description The name. */
                            readonly name: string;
                        }[];
                        /** @description The routes, by path and method. */
                        readonly paths: {
                            readonly [key: string]: unknown;
                        };
                        /** @description The parts that several routes share. */
                        readonly components: {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
            readonly 400: components["responses"]["malformed_query.malformed_request"];
            readonly 403: components["responses"]["origin_not_allowed"];
            readonly 408: components["responses"]["request_timeout"];
            readonly 421: components["responses"]["misdirected_request"];
            readonly 422: components["responses"]["validation_failed"];
            readonly 429: components["responses"]["too_many_requests"];
            readonly 431: components["responses"]["headers_too_large"];
            readonly 500: components["responses"]["internal_error"];
            readonly 503: components["responses"]["service_unavailable"];
        };
    };
}
/** The server-sent events of each route that has them. */
export interface events {
    "/api/v1/analytics/live": { name: "today"; data: components["schemas"]["Event_today"] };
    "/api/v1/system/live": { name: "system"; data: components["schemas"]["Event_system"] };
}
