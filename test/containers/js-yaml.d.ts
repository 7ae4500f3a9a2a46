/** As much of js-yaml 3 as the tests use; it brings no types. */
declare module 'js-yaml' {
  const yaml: { safeLoad(text: string): unknown };
  export default yaml;
}
