/** Variables that tests set for this service. */
export default {
  // A test's manager creates hundreds of tasks at a time.
  TASK_QUOTA: '10000000',
};
