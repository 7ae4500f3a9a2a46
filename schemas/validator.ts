import FastestValidator from 'fastest-validator';

/** The package is CommonJS. Its types declare a default export that Node does not provide. */
export const Validator = FastestValidator as unknown as typeof FastestValidator.default;
