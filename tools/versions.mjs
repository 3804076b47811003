/** Versions as far as the supply chain check needs them: `1.2.3`, `1.2.3-beta.4`, and shorter ones of images. */

const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Whether a dependency names one version: by itself, under another name (`npm:name@1.2.3`), or of our own workspace. */
export function isExact(name, wanted) {
  if (name.startsWith('@tandem/')) return wanted === '*';
  return EXACT.test(wanted.replace(/^npm:(@[^/]+\/)?[^@]+@/, ''));
}

/** Whether `version` is older than `limit`; a pre-release is older than its release. */
export function isBelow(version, limit) {
  const [left, right] = [version, limit].map((text) => text.replace(/^v/, '').split('-'));
  const [a, b] = [left, right].map(([core]) => core.split('.').map(Number));
  for (let place = 0; place < 3; place += 1) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return left.length > 1 && right.length === 1;
}
