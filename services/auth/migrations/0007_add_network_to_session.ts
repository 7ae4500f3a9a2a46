/**
 * Sign-ins have budgets (AUTH-1). Successes are counted by account and by network. Wrong guesses
 * from an account's own networks are counted separately.
 */
const statements = [
  `ALTER TABLE session ADD COLUMN network text`,
  `COMMENT ON COLUMN session.network IS 'Address of the sign-in, of an IPv6 one its /64; null where it is not known'`,
  // Read by the budgets of successes, and to check whether an account signs in from a network.
  `CREATE INDEX session_opened_ix ON session (user_id, opened_at)`,
  `CREATE INDEX session_own_network_ix ON session (user_id, network, opened_at)`,
  `CREATE INDEX session_network_ix ON session (network, opened_at)`,

  `ALTER TABLE sign_in_refusal ADD COLUMN own_network boolean NOT NULL DEFAULT false`,
  `COMMENT ON COLUMN sign_in_refusal.own_network IS 'Whether the account signed in from this network before: such refusals have a budget of their own'`,
  `COMMENT ON TABLE sign_in_refusal IS 'Refused sign-ins by the SHA-256 of the login tried and by address; deleted soon after an hour'`,
];

export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  for (const statement of statements) await run(statement);
};

export const down = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE sign_in_refusal DROP COLUMN own_network');
  await run(
    `COMMENT ON TABLE sign_in_refusal IS 'Refused sign-ins by the SHA-256 of the login tried and by address; deleted soon after a minute'`,
  );
  await run('ALTER TABLE session DROP COLUMN network');
  await run('DROP INDEX session_opened_ix');
};
