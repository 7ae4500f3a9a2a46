/** The form in which secrets are compared: OpaqueString of RFC 8265. Pure. */

/** Spaces of any script but the one of ASCII. */
const OTHER_SPACES = /(?! )\p{Zs}/gu;
/**
 * Controls, halves of surrogate pairs, unassigned code points and characters without sight. RFC 8265 also refuses joiners and variation
 * selectors outside of some scripts; they are let through, as they are part of many emoji.
 */
const REFUSED = /[\p{Cc}\p{Cs}\p{Cn}]|(?!\u200C|\u200D|[\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u;

/** The same secret typed on another device: every space is that of ASCII, and the characters are composed (NFC). */
export function opaqueForm(text: string): string {
  return text.replaceAll(OTHER_SPACES, ' ').normalize('NFC');
}

/** Whether a new secret may have these characters. */
export const isOpaque = (text: string): boolean => !REFUSED.test(text);
