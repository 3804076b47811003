import { createHash } from 'node:crypto';

type Directives = ReadonlyMap<string, readonly string[]>;

function readPolicies(headers: Headers): readonly Directives[] {
  const values = (headers.get('content-security-policy') ?? '').split(',').filter((text) => text.trim() !== '');
  return values.map((text) => {
    const directives = text.split(';').map((part) => part.trim().split(/\s+/));
    return new Map(directives.map(([name = '', ...sources]) => [name.toLowerCase(), sources]));
  });
}

/** Whether the page's policy lets an inline script run: by its hash, its nonce, or because there is no policy. */
export function allowsInlineScript(headers: Headers, script: string, nonce?: string): boolean {
  const hash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  return readPolicies(headers).every((policy) => {
    const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src');
    if (sources === undefined) return true;
    if (sources.includes(hash) || (nonce !== undefined && sources.includes(`'nonce-${nonce}'`))) return true;
    return sources.includes("'unsafe-inline'") && !sources.some((source) => /^'(sha\d+|nonce)-/.test(source));
  });
}

/** Whether the page's policy lets a form go to `target`. Chromium asks this for every redirect of the submission, too. */
export function allowsFormAction(headers: Headers, page: URL, target: URL): boolean {
  return readPolicies(headers).every(
    (policy) => policy.get('form-action')?.some((source) => matches(source, page, target)) ?? true,
  );
}

function matches(source: string, page: URL, target: URL): boolean {
  if (source === "'self'") return target.origin === page.origin;
  if (source === '*') return target.protocol === 'http:' || target.protocol === 'https:';
  if (source.endsWith(':')) return target.protocol === source;
  if (!URL.canParse(source)) return source === target.host;
  const allowed = new URL(source);
  return allowed.origin === 'null'
    ? allowed.protocol === target.protocol
    : allowed.origin === target.origin && (allowed.pathname === '/' || allowed.pathname === target.pathname);
}
