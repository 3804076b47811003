import { createLogger, NestLogger, requestLine } from './logging.js';
import { drainApps, startApp } from './web-app.spec-support.js';

const MARKERS = ['tok-marker', 'pw-marker', 'code-marker', 'cookie-marker'];

function recorder(level = 'info'): { readonly lines: string[]; readonly logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, logger: createLogger('test', level, { write: (line) => void lines.push(line) }) };
}

describe('logging', () => {
  afterEach(drainApps);
  it('tells one line a request, without its query', async () => {
    const app = await startApp();
    await fetch(`${app.url}/things/7?code=code-marker`, { headers: { cookie: 'a=cookie-marker' } });
    await fetch(`${app.url}/nowhere%0d%0aforged?token=tok-marker`);
    await fetch(`${app.url}/%ff?code=code-marker`).catch(() => undefined);
    const requests = app.lines.filter(({ msg }) => msg === 'request');
    expect(requests).toEqual([
      expect.objectContaining({ method: 'GET', path: '/things/7', status: 200, ms: expect.any(Number) }),
      expect.objectContaining({ path: '/nowhere%0d%0aforged', status: 400, requestId: expect.any(String) }),
      expect.objectContaining({ path: '/%ff', status: 400 }),
    ]);
    for (const marker of MARKERS) expect(JSON.stringify(app.lines)).not.toContain(marker);
  });

  it('refuses to write secrets, wherever they stand', () => {
    const { lines, logger } = recorder();
    const secrets = {
      authorization: 'Bearer tok-marker',
      'set-cookie': ['sid=cookie-marker'],
      password: 'pw-marker',
      code: 'ac_code-marker',
      refresh_token: 'tok-marker',
      id_token: 'tok-marker',
    };
    logger.warn(secrets, 'top');
    logger.warn({ body: secrets }, 'below');
    logger.warn({ request: { headers: secrets } }, 'deep');
    new NestLogger(logger).warn({ headers: secrets }, 'nest');
    expect(lines).toHaveLength(4);
    for (const marker of MARKERS) expect(lines.join('')).not.toContain(marker);
  });

  it('tells an error’s code, which is not a secret one', () => {
    const { lines, logger } = recorder();
    logger.warn({ code: 'invalid_grant', err: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }, 'refused');
    expect(JSON.parse(lines[0] as string)).toMatchObject({ code: 'invalid_grant', err: { code: 'ECONNREFUSED' } });
  });

  it('tells Nest’s lines with their context', () => {
    const { lines, logger } = recorder('trace');
    const nest = new NestLogger(logger);
    nest.log('started', 'NestApplication');
    nest.error(new Error('broken'));
    nest.verbose({ size: 3 }, 'filled', 'Pool');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 30, context: 'NestApplication', msg: 'started' }),
      expect.objectContaining({ level: 50, msg: 'broken', err: expect.objectContaining({ message: 'broken' }) }),
      expect.objectContaining({ level: 10, size: 3, context: 'Pool', msg: 'filled' }),
    ]);
  });

  it('shows no request lines above the level info', () => {
    expect(requestLine(recorder('warn').logger)).toBeUndefined();
    expect(requestLine(recorder('info').logger)).toBeDefined();
  });
});
