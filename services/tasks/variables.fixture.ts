/** Variables that the tests set for this service. */
export default {
  // A manager in the tests creates hundreds of tasks at a time.
  TASK_QUOTA: '10000000',
};
