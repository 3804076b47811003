import { CodePart } from './code.js';
import { IdTokenPart } from './id-token.js';
import { TokenPart } from './token.js';

/** The parts of responses in the order in which they are issued: every response type is a selection of them. */
export const RESPONSE_PARTS = [CodePart, TokenPart, IdTokenPart] as const;
