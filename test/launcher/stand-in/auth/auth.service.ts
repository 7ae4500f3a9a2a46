/** A stub for auth, whose real sources take longer to load than all others. */
export default { name: 'auth' };
