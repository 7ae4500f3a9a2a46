/** Admins see when an account was used last (AUTH-2). Sessions are deleted, so they do not tell. */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE user_account ADD COLUMN last_sign_in_at timestamptz');
  await run(`COMMENT ON COLUMN user_account.last_sign_in_at IS 'Null where the account never signed in'`);
  await run(
    `UPDATE user_account SET last_sign_in_at = (SELECT max(opened_at) FROM session WHERE user_id = user_account.id)`,
  );
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('ALTER TABLE user_account DROP COLUMN last_sign_in_at');
