/**
 * The words that people and tasks of the demo are made of. Changing them changes what a seed gives.
 */

const words = (text: string, between = ' '): readonly string[] => text.split(between);

export const FIRST_NAMES = words(
  'Ada Ara Bo Caro Chico Coco Dora Echo Ella Finn Gala Gus Hedy Ivo Jay Juno Kaja Kea Kiwi Lola Lori Mango Mia Nico Nina Olive Otis ' +
    'Paco Pia Pip Polly Quito Rio Rosa Sky Sunny Tango Tiki Uma Vera Wanda Yago Zazu Zoe',
);

export const LAST_NAMES = words(
  'Beakwell Brightwing Crest Feather Fig Greentail Hazel Longperch Macaw Nestor Nutcracker Palm Perch Plume Quill Redwing Rowan ' +
    'Seed Squawk Talon Treetop Whistler',
);

/** Roles of people who are neither managers nor accountants. Most are developers. */
export const TRADES = words('developer developer developer tester boss cook sweeper clerk');

export const VERBS = words(
  'Wash Mend Paint Count Sort Polish Move Water Label Inspect Tidy Photograph Insure Oil',
);

export const OBJECTS = words(
  'the cage, the big perch, the sunflower seeds, the mirror, the bell, the water bowls, the nest boxes, the swing, the coffee machine, ' +
    'the landing strip, the feather archive, the nut vault, the ladder, the stand of the choir',
  ', ',
);

/** Most tasks need none. */
export const PLACES = words(
  ', , , in the lobby, on the second branch, behind the kitchen, for the visitors, before noon',
  ', ',
);

export const DESCRIPTIONS = [
  'Ask at the front desk for the key.',
  'It was promised for last week.',
  'Mind the wet paint.\nThe ladder is in the cellar.',
  'Whoever did it last time knows how.',
] as const;

/** Reasons of bonuses and charges in whole units. */
export const REASONS = [
  { reason: 'Found the lost nut', units: 15 },
  { reason: 'Sang at the summer party', units: 10 },
  { reason: 'Broke the second mirror this month', units: -20 },
  { reason: 'Stood in at the front desk', units: 12 },
] as const;
