import type { ResponseMode as ModeName, ReturnAddress } from '@tandem/protocol';
import type { Answer } from '../../http/answer.js';
import type { Language } from '../../messages/index.js';

/** A way to carry the parameters of a response to the client. */
export interface ResponseMode {
  readonly name: ModeName;
  /** `language` is for what people may see on the way. */
  respond(address: ReturnAddress, parameters: Readonly<Record<string, string>>, language: Language): Answer;
}
