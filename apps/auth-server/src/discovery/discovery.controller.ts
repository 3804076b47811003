import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Supported } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import { single } from '../http/form-parameters.js';
import { readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { reachableAcr } from '../interaction/reachable-acr.js';
import { JWKS_MAX_AGE_SECONDS, SigningKeys } from '../signing-keys/signing-keys.js';
import { DECLARED, SUPPORTED } from '../tokens.js';
import { discoveryDocument } from './discovery-document.js';

/** A document as the bytes that are sent, with the tag by which caches ask for it again. */
interface ReadyDocument {
  readonly answer: Answer;
  readonly notModified: Answer;
  readonly etag: string;
}

function ready(document: unknown, contentType = 'application/json'): ReadyDocument {
  const body = Buffer.from(JSON.stringify(document));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = {
    etag,
    'cache-control': `public, max-age=${JWKS_MAX_AGE_SECONDS}`,
    'access-control-allow-origin': '*',
  };
  return {
    etag,
    answer: {
      status: 200,
      headers: { ...headers, 'content-type': contentType, 'content-length': String(body.length) },
      body,
    },
    notModified: { status: 304, headers },
  };
}

/** Metadata, keys and WebFinger (OIDC Discovery, RFC 8414, RFC 7033). The documents are made when they change. */
@Controller()
export class DiscoveryController {
  private readonly metadata: ReadyDocument;
  private jwks: ReadyDocument | undefined;

  constructor(
    private readonly keys: SigningKeys,
    private readonly issuer: Issuer,
    @Inject(SUPPORTED) supported: Supported,
    @Inject(DECLARED) declared: DeclaredConfiguration,
  ) {
    const { open, initialAccessTokens } = declared.registration;
    const scopes = [...new Set(declared.apis.flatMap((api) => Object.keys(api.scopes)))];
    this.metadata = ready(
      discoveryDocument(issuer, supported, {
        registration: open || initialAccessTokens.length > 0,
        scopes,
        acrValues: reachableAcr(declared.login),
        signUp: declared.login.signUp,
      }),
    );
    keys.onChange(() => {
      this.jwks = undefined;
    });
  }

  @Get('.well-known/openid-configuration')
  openidConfiguration(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendAnswer(reply, fresh(request, this.metadata));
  }

  @Get('.well-known/oauth-authorization-server')
  authorizationServer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendAnswer(reply, fresh(request, this.metadata));
  }

  @Get(ENDPOINTS.jwks)
  keySet(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.jwks ??= ready({ keys: this.keys.jwks() });
    sendAnswer(reply, fresh(request, this.jwks));
  }

  /** RFC 7033: where the issuer of an account is; every account of this host has this one. */
  @Get('.well-known/webfinger')
  webFinger(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const query = readQuery(request);
    const resource = single(query, 'resource');
    if (resource === undefined)
      return sendAnswer(reply, json(400, { error: 'invalid_request', error_description: 'resource is missing' }));
    const rel = 'http://openid.net/specs/connect/1.0/issuer';
    const wanted = query.get('rel');
    const links = wanted === undefined || wanted.includes(rel) ? [{ rel, href: this.issuer.identifier }] : [];
    sendAnswer(
      reply,
      json(
        200,
        { subject: resource, links },
        { 'content-type': 'application/jrd+json', 'access-control-allow-origin': '*' },
      ),
    );
  }
}

const fresh = (request: FastifyRequest, { answer, notModified, etag }: ReadyDocument): Answer =>
  request.headers['if-none-match'] === etag ? notModified : answer;
