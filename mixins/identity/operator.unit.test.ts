import { describe, expect, it } from '@jest/globals';
import { OPERATOR, operatorName } from './operator.ts';

describe('an operator', () => {
  it.each([
    ['pip', 'perch', 'operator:pip@perch'],
    ['PERCH\\pip', 'perch.example.com', 'operator:PERCH-pip@perch.example.com'],
    ['pip @home', '', 'operator:pip--home@unknown'],
    ['p'.repeat(200), 'h'.repeat(300), `operator:${'p'.repeat(90)}@${'h'.repeat(90)}`],
  ])('%s at %s gets a name that the rule accepts', (user, host, name) => {
    expect(operatorName(user, host)).toBe(name);
    expect(name).toMatch(OPERATOR.pattern);
    expect(name.length).toBeLessThanOrEqual(OPERATOR.max);
  });

  it.each([
    'pip',
    'service:parrots',
    'anonymous',
    '0192f000-0000-7000-8000-000000000001',
    'operator:pip@perch\n',
  ])('is not named %j', (name) => {
    expect(name).not.toMatch(OPERATOR.pattern);
  });
});
