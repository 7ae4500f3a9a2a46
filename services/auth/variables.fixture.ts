/** The admin's beak in tests. */
export const ADMIN_BEAK = 'a-beak-for-the-tests';

/** Variables that tests set for this service. */
export default { ADMIN_BEAK };
