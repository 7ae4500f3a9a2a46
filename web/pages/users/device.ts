/** Names browser and system of a `User-Agent` for people. Pure. */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/YaBrowser\//, 'Yandex'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Version\/.*Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** Such as `Firefox, Linux`. A client that is no known browser keeps its own words. */
export function deviceOf(userAgent: string): string {
  const find = (known: typeof BROWSERS) => known.find(([form]) => form.test(userAgent))?.[1];
  const browser = find(BROWSERS);
  if (browser === undefined) return userAgent;
  const system = find(SYSTEMS);
  return system === undefined ? browser : `${browser}, ${system}`;
}
