/** Variables that tests set for this service. */
export default { CHECK_ANSWERS: 'on' };
