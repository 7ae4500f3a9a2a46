/** The part of js-yaml 3 that tests and generators use. The package has no types. */
declare module 'js-yaml' {
  interface DumpOptions {
    readonly lineWidth?: number;
    /** Repeats what occurs twice, in place of anchors. */
    readonly noRefs?: boolean;
  }
  const yaml: {
    safeLoad(text: string): unknown;
    safeLoadAll(text: string): unknown[];
    safeDump(value: unknown, options?: DumpOptions): string;
  };
  export default yaml;
}
