/** aTES: tasks go to random employees, who pay for each one and are paid for completing it. */
import type { ProductDeclaration } from '../product.ts';

export default {
  title: 'aTES',
  services: ['tasks'],
  namespace: 'ates',
  sender: 'no-reply@ates.localhost',
  realm: 'ates',
  currency: 'USD',
} satisfies ProductDeclaration;
