/**
 * PostgreSQL's five-character codes (SQLSTATE). A pattern stands for several codes with the same
 * meaning here.
 */

export const UNIQUE_VIOLATION = '23505';
/** A time limit ended the statement. Or a replica ended it, because it blocked the replay. */
export const QUERY_CANCELED = '57014';
/** The role lacks the right. */
export const INSUFFICIENT_PRIVILEGE = '42501';
/** The server ended, and so rolled back, a transaction that was idle for too long. */
export const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';
/** The server does not say whether a statement took effect. */
export const COMPLETION_UNKNOWN = '40003';

export const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The data are at fault (22) or violate a constraint (23). */
export const DATA = /^2[23]/;
/**
 * The server is away, lacks a resource or fails over: connection (08), read-only (25006), idle in
 * transaction too long (25P03), resources (53), shut down, starting or disconnected by an operator
 * (57P), I/O (58).
 */
export const AWAY = /^(?:08...|25006|25P03|53...|57P..|58...)$/;
/**
 * The statement lost a race: serialisation and deadlock (40), object in use, lock not available,
 * time limit.
 */
export const CROWDED = /^(?:40...|55006|55P03|57014)$/;
/**
 * The transaction lost a race with another one and was rolled back: serialisation failure or
 * deadlock.
 */
export const OVERTAKEN = /^(?:40001|40P01)$/;
/**
 * The server ended the connection: it was shut down, crashed, or its operator ended the session.
 */
export const CONNECTION_ENDED = /^(?:08...|25P03|57P0[125])$/;
/** Only prepared statements cause these: the name is missing, or stands for another statement. */
export const MISPLACED = /^(?:26000|42P05)$/;
/**
 * A prepared statement whose tables were altered since. Its SQLSTATE only says that something is
 * not supported. Its message is in the server's language (`lc_messages`). The name of the
 * PostgreSQL function that threw it is reliable.
 */
export const OUTDATED = { state: '0A000', routine: 'RevalidateCachedQuery' };
/** A role does not exist, may not log in, or may not be taken. */
export const NO_ROLE = /^(?:28...|22023|42501)$/;
