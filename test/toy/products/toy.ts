/** A product of two tiny services: parrots hatch, and each gets a bowl. */
import type { ProductDeclaration } from '../../../product.ts';

export default {
  title: 'Toy',
  services: ['feeders', 'parrots'],
  namespace: 'toy',
  sender: 'no-reply@toy.localhost',
  realm: 'toy',
  currency: 'XTS',
} satisfies ProductDeclaration;
