/** Parts of pg that its types leave out. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** The form in which a value is sent. Throws for a value that can't be sent. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
