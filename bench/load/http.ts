import { Client } from 'undici';

/** An answer with its body read. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

type Headers = Record<string, string>;
const FORM = 'application/x-www-form-urlencoded';

/** One keep-alive connection to an origin: what one virtual user has. */
export class Connection {
  private readonly client: Client;

  constructor(readonly origin: string) {
    this.client = new Client(origin, { pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  }

  get(path: string, headers: Headers = {}): Promise<HttpAnswer> {
    return this.request('GET', path, headers, null);
  }

  post(path: string, body: string, headers: Headers = {}): Promise<HttpAnswer> {
    return this.request('POST', path, { 'content-type': FORM, ...headers }, body);
  }

  close(): Promise<void> {
    return this.client.destroy();
  }

  private request(method: 'GET' | 'POST', path: string, headers: Headers, body: string | null): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      let status = 0;
      let received: HttpAnswer['headers'] = {};
      const chunks: Buffer[] = [];
      this.client.dispatch(
        { method, path, headers, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, code, given) => {
            status = code;
            received = given;
          },
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve({ status, headers: received, body: Buffer.concat(chunks).toString() }),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  }
}

/** A browser as far as a benchmark needs one: a connection, cookies by name and path; it follows nothing by itself. */
export class Browser {
  private readonly cookies = new Map<
    string,
    { readonly name: string; readonly value: string; readonly path: string }
  >();
  private readonly cached = new Map<string, string>();

  constructor(readonly connection: Connection) {}

  async get(path: string): Promise<HttpAnswer> {
    const answer = await this.connection.get(path, { accept: 'text/html', ...this.cookieHeader(path) });
    this.keep(answer, path);
    return answer;
  }

  async post(path: string, body: string): Promise<HttpAnswer> {
    const headers = { accept: 'text/html', origin: this.connection.origin, ...this.cookieHeader(path) };
    const answer = await this.connection.post(path, body, headers);
    this.keep(answer, path);
    return answer;
  }

  private keep({ headers }: HttpAnswer, requestPath: string): void {
    const given = headers['set-cookie'];
    if (given === undefined) return;
    this.cached.clear();
    for (const line of typeof given === 'string' ? [given] : given) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const attribute = (wanted: string): string | undefined =>
        attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const folder = pathOf(requestPath).replace(/\/[^/]*$/, '');
      const path = attribute('path') ?? (folder === '' ? '/' : folder);
      const expires = attribute('expires');
      const ended = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
      if (ended) this.cookies.delete(`${name};${path}`);
      else this.cookies.set(`${name};${path}`, { name, value, path });
    }
  }

  private cookieHeader(target: string): { readonly cookie?: string } {
    const at = pathOf(target);
    let header = this.cached.get(at);
    if (header === undefined) {
      const within = (path: string): boolean => at === path || at.startsWith(path.endsWith('/') ? path : `${path}/`);
      header = [...this.cookies.values()]
        .filter(({ path }) => within(path))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ');
      this.cached.set(at, header);
    }
    return header === '' ? {} : { cookie: header };
  }
}

const pathOf = (target: string): string => target.split('?', 1)[0] as string;
