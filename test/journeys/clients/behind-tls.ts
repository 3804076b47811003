import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { startClientApp } from './client-app.js';

export interface BehindTlsOptions {
  /** Names of `apps/`, each to be given a port; one may stand there twice. */
  readonly apps: readonly string[];
  /** Declared configuration, for clients at these ports, in the order of the apps. */
  readonly config: (ports: readonly number[]) => object;
  readonly env?: Readonly<Record<string, string>>;
}

/** The provider behind a proxy that ends TLS, since Auth0's SDKs know nothing else, and applications on the same machine. */
export class BehindTls {
  private constructor(
    /** Host and port, as the SDKs take it. */
    readonly domain: string,
    readonly ports: readonly number[],
    private readonly tandem: RunningTandem,
    private readonly processes: readonly ChildProcess[],
    private readonly home: string,
  ) {}

  static async start({ apps, config, env = {} }: BehindTlsOptions): Promise<BehindTls> {
    const [target, front, ...ports] = await Promise.all([freePort(), freePort(), ...apps.map(() => freePort())]);
    const domain = `localhost:${front}`;
    const home = mkdtempSync(join(tmpdir(), 'behind-tls-'));
    const authority = join(home, 'authority.pem');
    const [tandem, proxy] = await Promise.all([
      startTandem({
        apps: ['auth-server'],
        ports: { 'auth-server': target as number },
        env: { ISSUER: `https://${domain}/` },
        config: config(ports),
      }),
      startClientApp('tls-front', front as number, { TARGET: `http://127.0.0.1:${target}`, CA_FILE: authority }),
    ]);
    // Node reads what it trusts when it starts, so they come after the proxy has made its certificate.
    const started = apps.map((app, index) =>
      startClientApp(app, ports[index] as number, { DOMAIN: domain, NODE_EXTRA_CA_CERTS: authority, ...env }),
    );
    return new BehindTls(domain, ports, tandem, [proxy, ...(await Promise.all(started))], home);
  }

  async stop(): Promise<void> {
    for (const child of this.processes) child.kill();
    await this.tandem.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
