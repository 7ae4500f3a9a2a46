/** Checks e-mail addresses (RFC 5321, RFC 6531) of accounts, mail requests and the sender. Pure. */
import { domainToASCII, domainToUnicode } from 'node:url';

/** The longest address in octets: the longest path of RFC 5321 is 256 with its brackets. */
export const MAX_ADDRESS_OCTETS = 254;
/** The longest part before the `@` in octets (RFC 5321). */
const MAX_LOCAL_OCTETS = 64;
/** The longest domain name of DNS in octets, without the trailing dot. */
const MAX_DOMAIN_OCTETS = 253;

/**
 * One part of a dot-string. Beyond ASCII only visible characters are allowed (RFC 6532 allows
 * more). Quoted local parts are not: few servers accept them, and they could contain anything.
 */
const ATOM =
  /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|(?![\p{ASCII}\p{Default_Ignorable_Code_Point}\u2800\uFFFC])[\p{L}\p{M}\p{N}\p{P}\p{S}])+$/u;
/** Letters, marks, digits and hyphens of any script (RFC 5890). */
const DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
/** A label of DNS. */
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

/** The form in which addresses are stored and compared. */
export const emailForm = (text: string): string => text.normalize('NFC');

/**
 * Whether an address in `emailForm` is valid: a dot-string, and a valid domain of at least
 * `minLabels` labels. Quoted local parts and address literals (`[192.0.2.1]`) are invalid.
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

/** An A-label (`xn--…`) is valid only if it decodes to letters of some script. */
function isLabel(label: string): boolean {
  return LABEL.test(label) && !(label.startsWith('xn--') && domainToUnicode(label) === label);
}

/** Whether mail for it needs a server with SMTPUTF8 (RFC 6531). */
export const needsSmtpUtf8 = (address: string): boolean => /\P{ASCII}/u.test(partsOf(address).local);

/** The address for SMTP: its domain is in ASCII if the local part is. */
export function asciiDomainForm(address: string): string {
  const { local, domain } = partsOf(address);
  return needsSmtpUtf8(address) ? address : `${local}@${domainToASCII(domain) || domain}`;
}

/** A sender: an address, or a name with the address in angle brackets. */
export interface Mailbox {
  /** Empty when there is no name. */
  readonly name: string;
  readonly address: string;
}

const NAMED = /^([^\p{Cc}\p{Cs}"<>]{0,100})<([^<>]*)>$/u;

/** Undefined for an invalid sender. A domain of one label, such as `localhost`, is allowed. */
export function mailboxFrom(text: string): Mailbox | undefined {
  const [, name = '', address = text] = NAMED.exec(text) ?? [];
  const form = emailForm(address);
  return isEmailAddress(form, 1) ? { name: name.trim(), address: form } : undefined;
}
