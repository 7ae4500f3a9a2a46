/** E-mail addresses that can exist (RFC 5321, RFC 6531), for accounts, mail requests and the sender. Pure. */
import { domainToASCII, domainToUnicode } from 'node:url';

/** Octets of an address: the longest path of RFC 5321 is 256 with its brackets. */
const MAX_ADDRESS_OCTETS = 254;
/** Octets of the part before the `@` (RFC 5321). */
const MAX_LOCAL_OCTETS = 64;
/** Octets of a domain name as DNS has it, without the dot at its end. */
const MAX_DOMAIN_OCTETS = 253;

/**
 * One piece of a dot-string. Beyond ASCII it has what can be seen (RFC 6532 allows more). Quoted local parts are left out: few servers take
 * them, and they could carry anything.
 */
const ATOM =
  /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|(?![\p{ASCII}\p{Default_Ignorable_Code_Point}\u2800\uFFFC])[\p{L}\p{M}\p{N}\p{P}\p{S}])+$/u;
/** Letters, marks, digits and hyphens of any script (RFC 5890). */
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
/** A label as DNS has it. */
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
/** No top-level domain is a number or a single letter. */
const TOP_LEVEL = /^(?!\d+$).{2,}$/;

const octets = (text: string): number => Buffer.byteLength(text);

interface Parts {
  readonly local: string;
  readonly domain: string;
}

function partsOf(address: string): Parts {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}

/** The form in which addresses are kept and compared. */
export const emailForm = (text: string): string => text.normalize('NFC');

/**
 * Whether an address in `emailForm` can exist: a dot-string, and a domain of at least `minLabels` labels that DNS could have. Neither quoted
 * local parts nor address literals (`[192.0.2.1]`).
 */
export function isEmailAddress(text: string, minLabels = 2): boolean {
  if (text.length > MAX_ADDRESS_OCTETS || octets(text) > MAX_ADDRESS_OCTETS) return false;
  const { local, domain } = partsOf(text);
  if (octets(local) > MAX_LOCAL_OCTETS || !local.split('.').every((atom) => ATOM.test(atom))) return false;
  const ascii = DOMAIN.test(domain) ? domainToASCII(domain) : '';
  const labels = ascii.split('.');
  return (
    ascii.length <= MAX_DOMAIN_OCTETS &&
    octets(local) + 1 + ascii.length <= MAX_ADDRESS_OCTETS &&
    labels.length >= minLabels &&
    labels.every(isLabel) &&
    TOP_LEVEL.test(labels.at(-1) ?? '')
  );
}

/** An A-label (`xn--…`) is one only if it decodes to letters of some script. */
function isLabel(label: string): boolean {
  return LABEL.test(label) && !(label.startsWith('xn--') && domainToUnicode(label) === label);
}

/** Whether only servers that announce SMTPUTF8 (RFC 6531) take mail for it. */
export const needsSmtpUtf8 = (address: string): boolean => /\P{ASCII}/u.test(partsOf(address).local);

/** The address as SMTP has it: its domain in ASCII, where the local part allows for it. */
export function asciiDomainForm(address: string): string {
  const { local, domain } = partsOf(address);
  return needsSmtpUtf8(address) ? address : `${local}@${domainToASCII(domain) || domain}`;
}

/** A sender: an address, or a name with the address in angle brackets. */
export interface Mailbox {
  /** Empty where there is none. */
  readonly name: string;
  readonly address: string;
}

const NAMED = /^([^\p{Cc}\p{Cs}"<>]{0,100})<([^<>]*)>$/u;

/** Undefined for what is no sender. A domain of one label, such as `localhost`, is allowed. */
export function mailboxFrom(text: string): Mailbox | undefined {
  const [, name = '', address = text] = NAMED.exec(text) ?? [];
  const form = emailForm(address);
  return isEmailAddress(form, 1) ? { name: name.trim(), address: form } : undefined;
}
