/**
 * What PostgreSQL says by its five-character codes (SQLSTATE); a pattern names several that mean
 * the same here.
 */

export const UNIQUE_VIOLATION = '23505';
/**
 * A time limit ended the statement, or a replica did, as it stood in the way of what is replayed.
 */
export const QUERY_CANCELED = '57014';
/** The role lacks the right. */
export const INSUFFICIENT_PRIVILEGE = '42501';
/** A transaction that did nothing for too long was ended by the server, and so rolled back. */
export const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
/** The server does not say whether a statement took effect. */
export const COMPLETION_UNKNOWN = '40003';

export const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The data are at fault (22) or break a constraint (23). */
export const DATA = /^2[23]/;
/**
 * The server is away, short of something or going over to another one: connection (08), read-only
 * (25006), idle in transaction too long (25P03), resources (53), shut down, starting or
 * disconnected by an operator (57P), I/O (58).
 */
export const AWAY = /^(?:08...|25006|25P03|53...|57P..|58...)$/;
/**
 * The statement lost a race: serialisation and deadlock (40), object in use, lock not available, a
 * time limit.
 */
export const CROWDED = /^(?:40...|55006|55P03|57014)$/;
/** The transaction lost to another one and was rolled back: serialisation failure and deadlock. */
export const OVERTAKEN = /^(?:40001|40P01)$/;
/**
 * The server ended the connection: it was shut down, crashed, or its operator ended the session.
 */
export const CONNECTION_ENDED = /^(?:08...|25P03|57P0[125])$/;
/** Only prepared statements meet these: one is not there, or another one of its name is. */
export const MISPLACED = /^(?:26000|42P05)$/;
/**
 * A prepared statement whose tables were altered since. Its SQLSTATE says no more than that
 * something is not supported, and its message is in the server's language (`lc_messages`); the
 * function of PostgreSQL that threw it is not.
 */
export const OUTDATED = { state: '0A000', routine: 'RevalidateCachedQuery' };
/** A role is not there, may not log in, or may not be taken. */
export const NO_ROLE = /^(?:28...|22023|42501)$/;
