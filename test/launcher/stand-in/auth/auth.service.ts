/** Stands in for auth: its sources take longer to load than all the rest. */
export default { name: 'auth' };
