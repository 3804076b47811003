import { Injectable } from '@nestjs/common';
import type { OAuthError, ReturnAddress } from '@tandem/protocol';
import { Issuer } from '../endpoints.js';
import type { Answer } from '../http/answer.js';
import type { Language } from '../messages/index.js';
import { Pages } from '../pages/pages.js';
import type { ResponseMode } from './response-modes/response-mode.js';
import { responseModes } from './response-modes/index.js';

/** Sends a response, success or error, by the mode in force. `state` and `iss` are added here and nowhere else. */
@Injectable()
export class AuthorizationResponse {
  private readonly byName: ReadonlyMap<string, ResponseMode>;

  constructor(
    pages: Pages,
    private readonly issuer: Issuer,
  ) {
    this.byName = new Map(responseModes(pages).map((mode) => [mode.name, mode]));
  }

  /** RFC 9207: every response says who it comes from. */
  send(address: ReturnAddress, parameters: Readonly<Record<string, string>>, language: Language): Answer {
    const mode = this.byName.get(address.responseMode);
    if (mode === undefined) throw new Error(`response mode ${address.responseMode} is not installed`);
    const sent = {
      ...parameters,
      ...(address.state === undefined ? {} : { state: address.state }),
      iss: this.issuer.identifier,
    };
    return mode.respond(address, sent, language);
  }

  error(address: ReturnAddress, { code, description }: OAuthError, language: Language): Answer {
    return this.send(address, { error: code, error_description: description }, language);
  }
}
