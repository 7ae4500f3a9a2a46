/** The images that files of deployments name, and their digests. Pure. */

/** `image: name:tag` of YAML, and `FROM name:tag` of a Dockerfile, with or without a digest. */
const REFERENCE = /^(\s*(?:- )?image: |FROM )([\w./-]+:[\w.-]+)(@sha256:[0-9a-f]{64})?(?=\s|$)/gm;

/** The tag of our own image, which is built and comes from no registry. */
const OWN = /:local$/;

/** The images of others in a file, as `name:tag`, each once. */
export function imagesIn(text: string): string[] {
  const all = [...text.matchAll(REFERENCE)].map(([, , image = '']) => image);
  return [...new Set(all)].filter((image) => !OWN.test(image));
}

/**
 * The text with the digest of each image of others, in place of the one that it had. The tag stays,
 * so that people see the version. `digests` has every image of `imagesIn`.
 */
export function withDigests(text: string, digests: ReadonlyMap<string, string>): string {
  return text.replaceAll(REFERENCE, (reference, before: string, image: string) => {
    const digest = digests.get(image);
    return digest === undefined ? reference : `${before}${image}@${digest}`;
  });
}
