import { createHash } from 'node:crypto';

/** More than this many are not constant: a page with its own message in the script. */
const MAXIMUM_HASHES = 50;

/** What a page needs of its surroundings, as Content Security Policy sources. */
export interface PageNeeds {
  /** Where its forms may lead beside our own origin, redirects included. */
  readonly formTargets?: readonly string[];
  /** Text of inline scripts; each is allowed by its hash. */
  readonly scripts?: readonly string[];
  /** Pages that it embeds. */
  readonly frames?: readonly string[];
  /** Who may embed it; nobody by default. */
  readonly frameAncestors?: string;
  /** Origins of images. */
  readonly images?: readonly string[];
  /** A page that only passes something on: nothing of ours is loaded into it and its form leads away. */
  readonly passing?: boolean;
}

/** Scripts are few and constant, so each is hashed once. */
const hashes = new Map<string, string>();

function hashSource(script: string): string {
  const known = hashes.get(script);
  if (known !== undefined) return known;
  const source = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  if (hashes.size < MAXIMUM_HASHES) hashes.set(script, source);
  return source;
}

/**
 * Headers of a page: no cache, no referrer, no frame, no script but ours. `form-action` names where the form's redirect
 * ends, since Chromium applies it to redirects too.
 */
export function pageHeaders(needs: PageNeeds = {}): Readonly<Record<string, string>> {
  const {
    formTargets = [],
    scripts = [],
    frames = [],
    frameAncestors = "'none'",
    images = [],
    passing = false,
  } = needs;
  const policy = [
    "default-src 'none'",
    passing ? "style-src 'none'" : "style-src 'self'",
    ...(passing ? [] : [`img-src 'self' data:${images.map((image) => ` ${image}`).join('')}`]),
    `script-src ${scripts.length === 0 ? "'none'" : scripts.map(hashSource).join(' ')}`,
    `form-action ${[...(passing ? [] : ["'self'"]), ...formTargets].join(' ') || "'none'"}`,
    `frame-ancestors ${frameAncestors}`,
    ...(frames.length === 0 ? [] : [`frame-src ${frames.join(' ')}`]),
    "base-uri 'none'",
  ];
  return {
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(frameAncestors === "'none'" ? { 'x-frame-options': 'DENY' } : {}),
  };
}
