import { createHash, webcrypto } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import type { Page } from '@tandem/testing';
import { RP_ORIGIN } from './client.js';
import type { ModuleRun } from './module-run.js';

type Listener = (event: { data: string; origin: string; source: { postMessage(answer: string): void } }) => void;

/**
 * Loads the check_session_iframe and asks it as the client's page would (OIDC Session Management §3.2). Its script runs
 * with the browser's cookies but without a browser: that frames really may talk to each other is a journey's to show.
 */
export async function checkSessionAnswer(run: ModuleRun, message: string): Promise<string> {
  const address = run.provider.metadata['check_session_iframe'] as string;
  const page = await run.agent.get(address);
  const script = checkedScript(page);
  const cookies = (await run.agent.cookies.at(address)).filter(({ httpOnly }) => !httpOnly);
  const cookie = cookies.map(({ key, value }) => `${key}=${value}`).join('; ');
  return new Promise((resolve) => {
    const window = {
      addEventListener: (_type: 'message', listener: Listener) =>
        listener({ data: message, origin: RP_ORIGIN, source: { postMessage: resolve } }),
    };
    runInNewContext(script, { window, document: { cookie }, crypto: webcrypto, TextEncoder, Uint8Array, btoa });
  });
}

/** Any client may frame it, and the browser may run what is in it. */
function checkedScript(page: Page): string {
  expect(page.status).toBe(200);
  expect(page.headers.get('x-frame-options')).toBeNull();
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain('frame-ancestors *');
  const script = /<script>([^]*)<\/script>/.exec(page.body)?.[1] ?? '';
  expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return script;
}
