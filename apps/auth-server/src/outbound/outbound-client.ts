import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Agent, request } from 'undici';
import type { AuthServerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { isPublicAddress } from './public-address.js';

const TIMEOUT_MILLISECONDS = 2_500;
/** Another provider may look into its own directory before it answers, and a person is waiting anyway. */
const EXCHANGE_MILLISECONDS = 5_000;
const MAXIMUM_BYTES = 64 * 1_024;

/** An outgoing request failed or was not allowed. Its text names no address: it may reach whoever asked for the request. */
export class OutboundError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'OutboundError';
  }
}

/** What is sent: GET without a body, or a form by POST. */
export interface OutboundRequest {
  readonly form?: Readonly<Record<string, string>>;
  /** Media types that count as an answer; others are refused. */
  readonly accept?: readonly string[];
  /** The operator's own file names this address, so it may be private and plain http. */
  readonly trusted?: boolean;
}

/** What a protocol library wants sent. */
export interface OutboundExchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Ways {
  readonly request: typeof request;
  readonly guarded: Agent;
  readonly allowed: Agent;
}

/**
 * The only way out: https, no redirects, no private addresses (the address that is connected to is checked, not the name),
 * 2.5 s and 64 KiB at most, no cookies and, but for `exchange`,
 * no credentials. Hosts that the operator lists may be private or plain http.
 */
@Injectable()
export class OutboundClient implements OnApplicationShutdown {
  private opened: Promise<Ways> | undefined;

  constructor(@Inject(CONFIG) private readonly config: AuthServerConfig) {}

  /** Fetches a document, as text. The fragment is never sent. */
  async fetch(
    url: string,
    { form, accept, trusted = false }: OutboundRequest = {},
  ): Promise<{ readonly status: number; readonly body: string }> {
    const target = new URL(url);
    const way = trusted ? 'allowed' : this.wayTo(target);
    const { [way]: dispatcher, request } = await this.open();
    try {
      const response = await request(target, {
        dispatcher,
        method: form === undefined ? 'GET' : 'POST',
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        ...(form === undefined
          ? {}
          : {
              body: new URLSearchParams(form).toString(),
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            }),
      });
      const type =
        String(response.headers['content-type'] ?? '')
          .split(';', 1)[0]
          ?.trim()
          .toLowerCase() ?? '';
      if (accept !== undefined && response.statusCode === 200 && !accept.includes(type)) {
        response.body.destroy();
        throw new OutboundError('the document has another media type');
      }
      return { status: response.statusCode, body: await readBounded(response.body) };
    } catch (cause) {
      if (cause instanceof OutboundError) throw cause;
      throw new OutboundError('the document can not be fetched', { cause });
    }
  }

  /** Fetches a JSON document. */
  async fetchJson(url: string, options: Pick<OutboundRequest, 'trusted'> = {}): Promise<unknown> {
    const { status, body } = await this.fetch(url, options);
    if (status !== 200) throw new OutboundError('the document is not there');
    try {
      return JSON.parse(body) as unknown;
    } catch (cause) {
      throw new OutboundError('the document is not JSON', { cause });
    }
  }

  /** Sends what a protocol library has made, credentials included, and gives it the answer as it is: 5 s at most. */
  async exchange(
    url: string,
    { method, headers, body }: OutboundExchange,
    { trusted = false }: Pick<OutboundRequest, 'trusted'> = {},
  ): Promise<Response> {
    const target = new URL(url);
    const way = trusted ? 'allowed' : this.wayTo(target);
    const { [way]: dispatcher, request } = await this.open();
    try {
      const signal = AbortSignal.timeout(EXCHANGE_MILLISECONDS);
      const answer = await request(target, { dispatcher, method, headers, body: body ?? null, signal } as Parameters<
        typeof request
      >[1]);
      const text = await readBounded(answer.body);
      const received = new Headers();
      for (const [name, value] of Object.entries(answer.headers))
        for (const one of [value ?? []].flat()) received.append(name, one);
      const bodiless = [101, 204, 205, 304].includes(answer.statusCode);
      return new Response(bodiless ? null : text, { status: answer.statusCode, headers: received });
    } catch (cause) {
      if (cause instanceof OutboundError) throw cause;
      throw new OutboundError('the server can not be reached', { cause });
    }
  }

  /** Whether an address could ever be fetched, as far as its text tells: registration refuses the others at once. */
  mayReach(url: string): boolean {
    try {
      this.wayTo(new URL(url));
      return true;
    } catch {
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    const ways = await this.opened;
    await Promise.all([ways?.guarded.close(), ways?.allowed.close()]);
  }

  /** Loaded when something is first fetched: most deployments never do. */
  private open(): Promise<Ways> {
    const ca = this.config.outbound.ca === undefined ? {} : { ca: this.config.outbound.ca };
    this.opened ??= import('undici').then(({ Agent, request }) => ({
      request,
      guarded: new Agent({ connect: { ...ca, lookup: guardedLookup, timeout: TIMEOUT_MILLISECONDS } }),
      allowed: new Agent({ connect: { ...ca, timeout: TIMEOUT_MILLISECONDS } }),
    }));
    return this.opened;
  }

  private wayTo(target: URL): 'guarded' | 'allowed' {
    const { allow } = this.config.outbound;
    if (allow.includes('*') || allow.includes(target.hostname) || allow.includes(target.host)) return 'allowed';
    if (target.protocol !== 'https:' || target.port !== '')
      throw new OutboundError('only https on its own port may be fetched');
    const literal = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw new OutboundError('the address is not public');
    return 'guarded';
  }
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAXIMUM_BYTES) throw new OutboundError('the document is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Resolves a name and lets only public addresses through; the socket connects to what was checked. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const found = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = found;
    if (first === undefined || found.length < addresses.length)
      return callback(new OutboundError('the address is not public'), '', 0);
    if (options.all === true) return callback(null, found);
    return callback(null, first.address, first.family);
  });
};
