import type { ResponseMode as ModeName, ReturnAddress } from '@tandem/protocol';
import type { Answer } from '../../http/answer.js';

/** A way to carry the parameters of a response to the client. */
export interface ResponseMode {
  readonly name: ModeName;
  respond(address: ReturnAddress, parameters: Readonly<Record<string, string>>): Answer;
}
