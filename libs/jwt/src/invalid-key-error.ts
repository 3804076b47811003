/** A key that is weak, unfit, altered or not ours to open. The message is for the operator or the client's developer. */
export class InvalidKeyError extends Error {
  override readonly name = 'InvalidKeyError';
}
