/** The Tandem that all specs of this project share; see start-tandem.mjs. Its clients and users are those of config/demo.yaml. */
export interface TandemUnderTest {
  /** With its trailing slash. */
  readonly issuer: string;
  readonly resourceApiUrl: string;
  readonly sampleClientUrl: string;
  readonly managementUrls: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly configFile: string;
}

/** @throws outside of the project's jest run. */
export function tandemUnderTest(): TandemUnderTest {
  const text = process.env.TANDEM_UNDER_TEST;
  if (text === undefined)
    throw new Error('no Tandem runs for this spec: run it by "npm test -- --selectProjects test"');
  return JSON.parse(text) as TandemUnderTest;
}
