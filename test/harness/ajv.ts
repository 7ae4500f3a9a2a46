/** A validator of JSON Schema 2020-12, with its formats. */
import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export function makeAjv(options?: Options): Ajv2020 {
  const ajv = new Ajv2020(options);
  // Its types describe an ES module, but it is CommonJS.
  (addFormats as unknown as typeof addFormats.default)(ajv);
  return ajv;
}
