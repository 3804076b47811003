/** The Tandem that all specs of this project share; see start-tandem.mjs. Its clients and users are those of config/demo.yaml. */
export interface TandemUnderTest {
  /** With its trailing slash. */
  readonly issuer: string;
  readonly resourceApiUrl: string;
  readonly sampleClientUrl: string;
  readonly managementUrls: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** For the operator's commands. */
  readonly configFile: string;
  /** What was declared for the conformance plans that run with such clients. */
  readonly conformance: {
    readonly clients: readonly Readonly<Record<string, unknown>>[];
    /** Where the declared clients' own site is expected; free until a test listens there. */
    readonly relyingPartyPort: number;
  };
}

/** @throws with the reason when it could not be started, and outside of the project's jest run. */
export function tandemUnderTest(): TandemUnderTest {
  const { TANDEM_UNDER_TEST: text, TANDEM_UNDER_TEST_PROBLEM: problem } = process.env;
  if (problem !== undefined) throw new Error(`the Tandem under test did not start: ${problem}`);
  if (text === undefined)
    throw new Error('no Tandem runs for this spec: run it by "npm test -- --selectProjects test"');
  return JSON.parse(text) as TandemUnderTest;
}
