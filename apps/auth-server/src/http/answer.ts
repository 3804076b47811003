/** Headers of an answer; a list is sent as several headers of the same name. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** What an endpoint wants sent: a value, so that rooms never touch HTTP. `send-answer` writes it. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body?: string | Buffer;
}

/** RFC 6749 §5.1: nothing that carries credentials may be kept by a cache. */
export const NO_STORE: AnswerHeaders = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** RFC 9110 §10.2.3, with 503: what is short now is there again in a moment. */
export const RETRY_SOON: AnswerHeaders = { 'retry-after': '1' };

export const json = (status: number, body: unknown, headers: AnswerHeaders = {}): Answer => ({
  status,
  headers: { ...NO_STORE, 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** 303, so that a browser never repeats a POST with what the user typed (RFC 9700 §4.12). */
export const seeOther = (location: string, headers: AnswerHeaders = {}): Answer => ({
  status: 303,
  headers: { ...NO_STORE, 'referrer-policy': 'no-referrer', location, ...headers },
});

/** An answer with further headers; `set-cookie` is added to, everything else replaced. */
export function withHeaders(answer: Answer, headers: AnswerHeaders): Answer {
  const cookies = [answer.headers['set-cookie'], headers['set-cookie']]
    .flat()
    .filter((cookie): cookie is string => cookie !== undefined);
  return {
    ...answer,
    headers: { ...answer.headers, ...headers, ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) },
  };
}

/** An answer that also says when to come again. */
export const retryAfter = (answer: Answer, seconds: number): Answer =>
  withHeaders(answer, { 'retry-after': String(seconds) });
