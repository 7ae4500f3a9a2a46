/** A mail that is sent again goes to the address that its user has then (MAIL-5). */
export const up = async (run: (sql: string) => Promise<void>): Promise<void> => {
  await run('ALTER TABLE mail ADD COLUMN user_id uuid');
  await run(
    `COMMENT ON COLUMN mail.user_id IS 'Whom it is for; null if its request named an address, and of older mails'`,
  );
};

export const down = (run: (sql: string) => Promise<void>): Promise<void> =>
  run('ALTER TABLE mail DROP COLUMN user_id');
